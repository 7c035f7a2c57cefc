import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeTool, root } from '../setup/child.mjs';
import { markdownFiles } from './markdown.mjs';

const folder = '.build/docs';

/**
 * Every TypeScript block of the documentation compiles, as a module of its own; one that begins with `// name.ts` can be
 * imported by the others of its document. A fence `ts continued` goes on from the block before it in the same file;
 * `ts fragment` is shown only, because it is a part of something.
 */
export default async function docs() {
  rmSync(join(root, folder), { recursive: true, force: true });
  const blocks = markdownFiles().filter((file) => !file.startsWith('docs/rules/')).flatMap(blocksOf);
  for (const { file, line, code, earlierCode } of blocks) {
    const home = join(root, folder, file.replace(/\W/g, '-'));
    mkdirSync(home, { recursive: true });
    const name = /^\/\/ ([\w-]+)\.ts\n/.exec(code)?.[1] ?? `line-${line}`;
    writeFileSync(join(home, `${name}.ts`), [...earlierCode, code, 'export {};\n'].join('\n'));
  }
  if (blocks.length === 0) return { ok: true, says: 'no code blocks' };
  writeFileSync(join(root, folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { incremental: false, tsBuildInfoFile: null }, include: ['**/*.ts'] }));
  const { output } = await nodeTool('typescript/bin/tsc', ['-p', folder, '--pretty', 'false'], { quiet: true });
  // Errors in src are those of `types`.
  const errors = output.split(/\n(?=\S)/).filter((error) => error.startsWith(folder) || /^error TS/.test(error));
  return errors.length === 0
    ? { ok: true, says: `${blocks.length} code blocks compile` }
    : { ok: false, says: `${errors.length} errors in ${blocks.length} code blocks`, detail: errors.join('\n') };
}

function blocksOf(file) {
  const blocks = [];
  let open;
  readFileSync(join(root, file), 'utf8').split('\n').forEach((line, i) => {
    const fence = /^```(\w+)?\s*(.*)$/.exec(line);
    if (open === undefined && fence) open = { language: fence[1], mode: fence[2].trim(), line: i + 1, code: [] };
    else if (open !== undefined && line.startsWith('```')) { blocks.push({ ...open, code: open.code.join('\n') }); open = undefined; }
    else open?.code.push(line);
  });
  const shown = blocks.filter(({ language, mode }) => (language === 'ts' || language === 'typescript') && mode !== 'fragment');
  return shown.map(({ line, code, mode }, i) => ({ file, line, code, earlierCode: mode === 'continued' ? earlier(shown, i) : [] }));
}

function earlier(blocks, at) {
  let first = at;
  while (first > 0 && blocks[first].mode === 'continued') first--;
  return blocks.slice(first, at).map(({ code }) => code);
}

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeTool, root } from '../setup/child.mjs';
import { markdownFiles } from './markdown.mjs';

const folder = '.build/docs';

/**
 * Every TypeScript block of the documentation compiles, as a module of its own. A fence `ts continued` goes on from the
 * block before it in the same file; `ts fragment` is shown only, because it is a part of something.
 */
export default async function docs() {
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  const blocks = markdownFiles().filter((file) => !file.startsWith('docs/rules/')).flatMap(blocksOf);
  for (const { file, line, code, modules } of blocks) {
    // As many lines before the code as the document has, so that an error's line is the document's.
    const path = `${file.replace(/\W/g, '-')}-${line}.ts`;
    writeFileSync(join(root, folder, path), [...modules, code, 'export {};\n'].join('\n'));
  }
  writeFileSync(join(root, folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { incremental: false, tsBuildInfoFile: null, noUnusedLocals: false }, include: ['*.ts'] }));
  if (blocks.length === 0) return { ok: true, says: 'no code blocks' };
  const { code, output } = await nodeTool('typescript/bin/tsc', ['-p', folder, '--pretty', 'false'], { quiet: true });
  const errors = output.split('\n').filter((line) => line.includes('error TS'));
  return code === 0
    ? { ok: true, says: `${blocks.length} code blocks compile` }
    : { ok: false, says: `${errors.length} errors in ${blocks.length} code blocks`, detail: `${output.trimEnd()}\n(the number in a file's name is the line of its block in the document)` };
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
  return shown.map(({ line, code, mode }, i) => ({ file, line, code, modules: mode === 'continued' ? earlier(shown, i) : [] }));
}

function earlier(blocks, at) {
  let first = at;
  while (first > 0 && blocks[first].mode === 'continued') first--;
  return blocks.slice(first, at).map(({ code }) => code);
}

import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';

const root = process.cwd();
const run = promisify(execFile);

/** The fenced blocks of a Markdown file. */
function blocks(text: string): readonly { readonly language: string; readonly code: string }[] {
  return [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map(([, language = '', code = '']) => ({ language, code }));
}

/** Runs a module of the built package, as a user's file beside it would be. */
async function output(code: string): Promise<string> {
  const folder = await mkdtemp(join(root, '.build', 'snippet-'));
  try {
    const { outputText } = ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } });
    await writeFile(join(folder, 'main.mjs'), outputText);
    return (await run(process.execPath, [join(folder, 'main.mjs')])).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('the README', () => {
  test('the first snippet prints what stands below it', async () => {
    const [snippet, printed] = blocks(await readFile(join(root, 'README.md'), 'utf8'));

    expect(snippet?.language).toBe('ts');
    expect(await output(snippet?.code ?? '')).toBe(printed?.code);
  });

  test('the first snippet is the example hello', async () => {
    const [snippet] = blocks(await readFile(join(root, 'README.md'), 'utf8'));

    expect(snippet?.code).toBe(await readFile(join(root, 'examples/hello/main.ts'), 'utf8'));
  });
});

describe('examples that print', () => {
  test.each(['hello', 'finalizer', 'score-plugin'])('%s prints its output.txt', async (name) => {
    const { stdout } = await run(process.execPath, [join(root, '.build', 'examples', name, 'main.js')]);

    expect(stdout).toBe(await readFile(join(root, 'examples', name, 'output.txt'), 'utf8'));
  });
});

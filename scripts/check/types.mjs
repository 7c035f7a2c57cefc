import { nodeTool } from '../setup/child.mjs';

/** TypeScript over everything, and the declarations of the package as they are built. */
export default async function types() {
  const all = await nodeTool('typescript/bin/tsc', ['-p', 'tsconfig.lint.json', '--pretty', 'false'], { quiet: true });
  if (all.code !== 0) return failed(all.output);
  const declarations = await nodeTool('typescript/bin/tsc', ['-p', 'tsconfig.build.json', '--outDir', '.build/types', '--pretty', 'false'], { quiet: true });
  return declarations.code === 0 ? { ok: true, says: 'no type errors' } : failed(declarations.output);
}

function failed(output) {
  const count = output.match(/error TS\d+/g)?.length ?? 1;
  return { ok: false, says: `${count} type errors`, detail: output };
}

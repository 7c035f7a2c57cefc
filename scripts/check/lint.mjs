import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importCycles } from '../lint/cycles.mjs';
import { nodeTool, root } from '../setup/child.mjs';

/** eslint with the import table and banned globals as rules, no import cycles, and no file that is too long. */
export default async function lint({ update } = {}) {
  const { code, output } = await nodeTool('eslint/bin/eslint.js', ['.', '--max-warnings', '0', ...(update ? ['--fix'] : [])], { quiet: true });
  const cycles = importCycles(readdirSync(join(root, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts')).map((file) => `src/${file}`));
  const long = longFiles();
  const detail = [
    code === 0 ? '' : output,
    ...cycles.map((cycle) => `import cycle: ${cycle.join(' → ')}`),
    ...long.map(({ file, lines }) => `${file} has ${lines} lines; 600 is the most, 80–150 the aim: split it by concept`),
  ].filter(Boolean).join('\n');
  const problems = /(\d+) problems?/.exec(output)?.[1] ?? (code === 0 ? 0 : 1);
  return { ok: detail === '', says: detail === '' ? 'no problems, no import cycles' : `${problems} eslint problems, ${cycles.length} import cycles, ${long.length} files too long`, detail };
}

/** Scripts too: eslint's own limit sees only TypeScript. Generated tables are data. */
function longFiles() {
  return readdirSync(join(root, 'scripts'), { recursive: true }).filter((file) => file.endsWith('.mjs'))
    .map((file) => ({ file: `scripts/${file}`, lines: readFileSync(join(root, 'scripts', file), 'utf8').split('\n').length }))
    .filter(({ lines }) => lines > 600);
}

import process from 'node:process';

/** Columns for people on a terminal, tab-separated lines otherwise. Columns of numbers stand to the right. */
export function printTable(head, rows) {
  const cells = [head, ...rows].map((row) => row.map(String));
  if (!process.stdout.isTTY) {
    for (const row of cells) process.stdout.write(`${row.join('\t')}\n`);
    return;
  }
  const widths = head.map((_, i) => Math.max(...cells.map((row) => row[i].length)));
  const right = head.map((_, i) => rows.every((row) => /^[-+\d.,/×]*( ?\D{1,3})?$/.test(String(row[i]))));
  for (const row of cells) process.stdout.write(`${row.map((cell, i) => (right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  ').trimEnd()}\n`);
}

import type { PlacementRecord } from './decisions.js';
import type { Explanation, NodeExplanation } from './explanation.js';

/** More rows would not be read. */
const mostRows = 20;

/** An explanation as a table for a terminal. Rule: K120. */
export function table(e: Omit<Explanation, 'toString'>): string {
  const lines = [headline(e)];
  if (e.groups) lines.push(...e.groups.map(({ reasons, count, examples }) => `  ${count} nodes: ${reasons.join('; ')} (${examples.join(', ')}${count > examples.length ? ', …' : ''})`));
  else lines.push(...nodeTable(e));
  return `${lines.join('\n')}\n`;
}

function headline({ outcome, node, message, ties, decision }: Omit<Explanation, 'toString'>): string {
  switch (outcome) {
    case 'placed': return `node ${node ?? ''}${lead(ties, decision)}`;
    case 'unschedulable': return `unschedulable: ${message ?? ''}`;
    case 'error': return `error: ${message ?? ''}`;
  }
}

/** By how much it won: then, if that is remembered, else now. */
function lead(tiesNow: number, decision: PlacementRecord | undefined): string {
  const ties = decision?.ties ?? tiesNow;
  const when = decision ? ' when it was placed' : '';
  if (ties > 1) return `, drawn from ${ties} equal ones${when}`;
  return decision?.margin === undefined ? '' : `, ${decision.margin} points ahead of ${decision.runnerUp ?? 'the next'}${when}`;
}

function nodeTable({ nodes, node }: Omit<Explanation, 'toString'>): readonly string[] {
  const plugins = [...new Set(nodes.flatMap(({ scores }) => scores.map(({ plugin }) => plugin)))];
  const header = ['', 'node', 'total', ...plugins, 'why not'];
  const shown = nodes.slice(0, mostRows);
  const rows = shown.map((one) => [one.name === node ? '*' : '', one.name, one.filter.length > 0 ? '-' : String(one.total), ...plugins.map((plugin) => scoreCell(one, plugin)), one.filter.map(({ reason }) => reason).join('; ')]);
  // Without a rejected node the last column would be a header over nothing.
  const width = rows.some((row) => row.at(-1) !== '') ? header.length : header.length - 1;
  const cells = [header, ...rows].map((row) => row.slice(0, width));
  const widths = header.slice(0, width).map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  const text = cells.map((row) => row.map((cell, column) => (column > 1 && column < header.length - 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ').trimEnd());
  return nodes.length > shown.length ? [...text, `  … and ${nodes.length - shown.length} more nodes`] : text;
}

/** `75×2`: normalized score times weight. */
function scoreCell({ scores }: NodeExplanation, plugin: string): string {
  const score = scores.find((one) => one.plugin === plugin);
  return score ? `${score.normalized}×${score.weight}` : '';
}

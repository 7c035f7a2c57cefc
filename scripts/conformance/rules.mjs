import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/child.mjs';

/** The contracts, their documents in docs/rules, and the letter of their rules. */
export const contracts = {
  store: 'S', api: 'A', kinds: 'T', queue: 'Q', informer: 'I', controller: 'R', election: 'L', scheduler: 'K',
  simulation: 'M', controllers: 'C', 'bad-input': 'B', 'http-api': 'H', node: 'N',
};

export const rulesFile = join(root, 'test', 'conformance', 'rules.tsv');

/**
 * The rules of a contract: a list item that starts with a bold id, or a table row whose first cell is an id, of the
 * contract's own letter. The priority is the mark right after the id, else the first in the section's title, else the
 * document's (X4).
 *
 * @returns {{ id: string, contract: string, priority: string, title: string }[]}
 */
export function rulesOf(contract) {
  const letter = contracts[contract];
  const path = join(root, 'docs', 'rules', `${contract}.md`);
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  const documentPriority = /\bP[012]\b/.exec(preamble(lines))?.[0] ?? 'P0';
  const item = new RegExp(`^\\s*[-*] \\*\\*(${letter}\\d+[a-z]?)\\*\\*\\s*(.*)$`);
  const row = new RegExp(`^\\| *\\**(${letter}\\d+[a-z]?)\\** *([^|]*)\\|(.*)$`);
  const rules = [];
  let section = '';
  lines.forEach((line, i) => {
    if (/^#{2,} /.test(line)) section = line;
    const found = item.exec(line) ?? row.exec(line);
    if (!found) return;
    const isRow = line.startsWith('|');
    const text = isRow ? found[3] : found[2] || (lines[i + 1] ?? '');
    const mark = /^[☆\s]*\(?\**(P[012])\b/.exec(isRow ? found[2] : text)?.[1];
    rules.push({ id: found[1], contract, priority: mark ?? /\bP[012]\b/.exec(section)?.[0] ?? documentPriority, title: titleOf(text, isRow) });
  });
  return rules;
}

export function allRules() {
  return Object.keys(contracts).flatMap(rulesOf);
}

/** What test/conformance/rules.tsv holds. */
export function rulesText() {
  const lines = allRules().map(({ id, contract, priority, title }) => [id, contract, priority, title].join('\t'));
  return `id\tcontract\tpriority\ttitle\n${lines.join('\n')}\n`;
}

function preamble(lines) {
  const end = lines.findIndex((line) => line.startsWith('## '));
  return lines.slice(0, end < 0 ? undefined : end).join(' ');
}

/** The first sentence, without marks and mark-up, on one line. */
function titleOf(text, isRow) {
  const plain = (isRow ? text.split('|').map((cell) => cell.trim()).filter(Boolean).slice(0, 2).join(': ') : text)
    .replace(/^[☆\s]*(\(P[012][^)]*\))?[☆\s]*/, '').replace(/[*`]/g, '').replace(/\s+/g, ' ').trim();
  const sentence = /^(.{20,}?[.:;])(\s|$)/.exec(plain)?.[1] ?? plain;
  const short = sentence.length > 120 ? `${sentence.slice(0, 119).replace(/\s+\S*$/, '')}…` : sentence;
  return short.replace(/[.:;]$/, '');
}

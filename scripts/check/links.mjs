import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from '../setup/child.mjs';
import { markdownFiles } from './markdown.mjs';

/** Relative links between the documents, and the headings that they point at, exist. */
export default async function links() {
  const broken = [];
  let count = 0;
  for (const file of markdownFiles()) {
    for (const { target, line } of linksOf(file)) {
      count++;
      const why = whyBroken(file, target);
      if (why) broken.push(`${file}:${line}: ${target} ${why}`);
    }
  }
  return { ok: broken.length === 0, says: broken.length === 0 ? `${count} relative links lead somewhere` : `${broken.length} of ${count} relative links lead nowhere`, detail: broken.join('\n') };
}

function linksOf(file) {
  const found = [];
  let fenced = false;
  readFileSync(join(root, file), 'utf8').split('\n').forEach((line, i) => {
    if (line.startsWith('```')) fenced = !fenced;
    if (fenced) return;
    for (const [, target] of line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      if (!/^[a-z]+:/.test(target)) found.push({ target, line: i + 1 });
    }
  });
  return found;
}

function whyBroken(file, target) {
  const [path, heading] = target.split('#');
  const full = path === '' ? file : normalize(join(dirname(file), decodeURIComponent(path)));
  if (full.startsWith('..')) return 'leads out of the project';
  if (!existsSync(join(root, full))) return 'does not exist';
  if (heading === undefined || statSync(join(root, full)).isDirectory() || !full.endsWith('.md')) return undefined;
  return headingsOf(full).includes(heading) ? undefined : 'names a heading that does not exist';
}

/** The anchors that a document's headings get. */
function headingsOf(file) {
  return readFileSync(join(root, file), 'utf8').split('\n').filter((line) => /^#{1,6} /.test(line))
    .map((line) => line.replace(/^#+ /, '').toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-'));
}

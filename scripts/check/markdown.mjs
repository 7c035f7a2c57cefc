import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/child.mjs';

/** The Markdown of the project, relative to the checkout. API reports and changesets are no documents. */
export function markdownFiles() {
  const found = [];
  const walk = (folder) => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!['node_modules', 'dist', '.build', '.git', 'etc', '.changeset', 'coverage'].includes(entry.name)) walk(path);
      } else if (entry.name.endsWith('.md')) found.push(path);
    }
  };
  walk('');
  return found.sort();
}

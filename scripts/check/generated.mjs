import { existsSync, readFileSync } from 'node:fs';
import { rulesFile, rulesText } from '../conformance/rules.mjs';

/** Generated files are what generating them now would give. */
export default async function generated() {
  const fresh = existsSync(rulesFile) && readFileSync(rulesFile, 'utf8') === rulesText();
  return fresh
    ? { ok: true, says: 'test/conformance/rules.tsv is fresh' }
    : { ok: false, says: 'test/conformance/rules.tsv is stale', detail: 'docs/rules has changed: write the list with npm run conformance -- --write' };
}

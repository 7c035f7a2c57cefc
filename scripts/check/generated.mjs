import { existsSync, readFileSync } from 'node:fs';
import { rulesFile, rulesText } from '../conformance/rules.mjs';
import { factsAreFresh } from '../generate/facts.mjs';

/** Generated files are what generating them now would give. */
export default async function generated() {
  const stale = [
    ...(existsSync(rulesFile) && readFileSync(rulesFile, 'utf8') === rulesText() ? [] : ['docs/rules has changed: write test/conformance/rules.tsv with npm run conformance -- --write']),
    // What Go would say is known by what it is asked (T7): this check needs no Go.
    ...(factsAreFresh() ? [] : ['the generator or the list of kinds has changed: write src/kinds/generated/facts.ts with npm run generate']),
  ];
  return stale.length === 0
    ? { ok: true, says: 'the list of rules and the facts of the kinds are fresh' }
    : { ok: false, says: 'generated files are stale', detail: stale.join('\n') };
}

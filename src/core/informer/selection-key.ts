/** A label selector as text, the same for all spellings that differ in order and spacing only (I28). */
export function canonicalLabels(selector: string | { readonly [label: string]: string } | undefined): string | undefined {
  if (selector === undefined) return undefined;
  const terms = typeof selector === 'string' ? splitTerms(selector) : Object.entries(selector).map(([label, value]) => `${label}=${value}`);
  return join(terms.map(canonicalTerm));
}

export function canonicalFields(selector: string | undefined): string | undefined {
  return selector === undefined ? undefined : join(selector.split(',').map((term) => term.trim().replace('==', '=')));
}

function join(terms: readonly string[]): string | undefined {
  const distinct = [...new Set(terms.filter((term) => term !== ''))].sort();
  return distinct.length === 0 ? undefined : distinct.join(',');
}

/** Commas inside `in (a, b)` separate values, not terms. */
function splitTerms(selector: string): readonly string[] {
  return selector.split(/,(?![^(]*\))/);
}

function canonicalTerm(term: string): string {
  const set = /^\s*(\S+)\s+(in|notin)\s*\(([^)]*)\)\s*$/.exec(term);
  if (!set) return term.trim().replace(/\s*(==|!=|=)\s*/, (_, operator: string) => (operator === '==' ? '=' : operator));
  const values = (set[3] ?? '').split(',').map((value) => value.trim()).sort();
  return `${set[1] ?? ''} ${set[2] ?? ''} (${values.join(',')})`;
}

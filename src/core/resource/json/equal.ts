/** True for equal JSON values; the order of fields does not matter, a field that is undefined counts as absent. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  if (Array.isArray(b)) return false;
  return equalFields(a as Fields, b as Fields);
}

type Fields = { readonly [name: string]: unknown };

function equalFields(a: Fields, b: Fields): boolean {
  let common = 0;
  for (const name of Object.keys(a)) {
    if (a[name] === undefined) continue;
    if (!Object.hasOwn(b, name) || !equal(a[name], b[name])) return false;
    common++;
  }
  return Object.keys(b).every((name) => b[name] === undefined || common-- > 0);
}

/**
 * Order of two resource versions: by length, then digit by digit; never as floats. Only within one resource, and only
 * decimal strings without leading zeros compare; others give undefined. Rule: I16.
 */
export function compareVersions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!comparable(a) || !comparable(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

function comparable(version: string): boolean {
  return /^[1-9][0-9]*$/.test(version);
}

import { AssertionError, deepStrictEqual, ok, strictEqual } from 'node:assert';

/** The very same value. */
export function same(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) strictEqual(actual, expected);
}

export function equal(actual: unknown, expected: unknown): void {
  deepStrictEqual(actual, expected);
}

export function isTrue(holds: boolean, message: string): void {
  ok(holds, message);
}

/** Every member that `expected` names is there and equal; others may be, too. Arrays have equal lengths. */
export function matches(actual: unknown, expected: unknown): void {
  const path = firstDifference(actual, expected, '');
  if (path !== undefined) throw new AssertionError({ message: `it differs at ${path === '' ? 'its top' : path}`, actual, expected, operator: 'matches' });
}

function firstDifference(actual: unknown, expected: unknown, path: string): string | undefined {
  if (typeof expected !== 'object' || expected === null) return Object.is(actual, expected) ? undefined : path;
  if (typeof actual !== 'object' || actual === null) return path;
  if (Array.isArray(expected) && (!Array.isArray(actual) || actual.length !== expected.length)) return path;
  for (const [key, part] of Object.entries(expected)) {
    // Members of any object can be read by their names.
    const difference = firstDifference((actual as { readonly [key: string]: unknown })[key], part, `${path}.${key}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** It rejects, with an error that matches. */
export async function rejects(promise: Promise<unknown>, expected: object): Promise<void> {
  let value;
  try {
    value = await promise;
  } catch (error) {
    matches(error, expected);
    return;
  }
  throw new AssertionError({ message: 'it was not refused', actual: value, expected, operator: 'rejects' });
}

/** It throws at once, an error that matches. */
export function throws(work: () => unknown, expected: object): void {
  let value;
  try {
    value = work();
  } catch (error) {
    matches(error, expected);
    return;
  }
  throw new AssertionError({ message: 'it was not refused', actual: value, expected, operator: 'throws' });
}

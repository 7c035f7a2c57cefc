/**
 * An amount of a resource in its whole unit: milli-cores for cpu, bytes or pieces for the rest (K53). A number while a
 * double holds it exactly, a bigint above: results are the same for both.
 */
export type Amount = number | bigint;

/** Amounts by resource name; absent is 0. */
export type Amounts = ReadonlyMap<string, Amount>;

/** Below this a hundredfold is still exact in a double. */
const exactHundredfold = 2 ** 46;

/** The amount as a number when a double holds it, else as a bigint. */
export function amount(value: bigint): Amount {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
}

export function plus(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return amount(BigInt(a) + BigInt(b));
}

export function minus(a: Amount, b: Amount): Amount {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return amount(BigInt(a) - BigInt(b));
}

/** ⌊part · 100 / whole⌋, exact. `whole` is above 0. */
export function percent(part: Amount, whole: Amount): number {
  if (typeof part === 'number' && typeof whole === 'number' && part <= exactHundredfold) return Math.trunc((part * 100) / whole);
  return Number((BigInt(part) * 100n) / BigInt(whole));
}

export function larger(a: Amount, b: Amount): Amount {
  return a > b ? a : b;
}

/** Sums of two tables. */
export function addAll(a: Amounts, b: Amounts): Map<string, Amount> {
  const sum = new Map(a);
  for (const [resource, value] of b) sum.set(resource, plus(sum.get(resource) ?? 0, value));
  return sum;
}

/** Difference of two tables; what comes to 0 is left out, so that equal tables look equal. */
export function subtractAll(a: Amounts, b: Amounts): Map<string, Amount> {
  const left = new Map(a);
  for (const [resource, value] of b) {
    const rest = minus(left.get(resource) ?? 0, value);
    if (rest === 0) left.delete(resource);
    else left.set(resource, rest);
  }
  return left;
}

/** Per resource the larger one. */
export function maxAll(a: Amounts, b: Amounts): Map<string, Amount> {
  const most = new Map(a);
  for (const [resource, value] of b) most.set(resource, larger(most.get(resource) ?? 0, value));
  return most;
}

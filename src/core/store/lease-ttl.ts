import { InvalidLease } from './errors.js';

const maxTtlSeconds = 9_000_000_000;

/** @throws InvalidLease. Rule: S45. */
export function checkTtl(ttlSeconds: number): void {
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > maxTtlSeconds) throw new InvalidLease();
}

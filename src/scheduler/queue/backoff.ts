export interface BackoffSettings {
  readonly initialBackoffMs: number;
  readonly maxBackoffMs: number;
}

/** Milliseconds to wait after the `count`-th failure in a row: doubling up to the maximum; none before the first. Rule: K35. */
export function backoffMs(count: number, { initialBackoffMs, maxBackoffMs }: BackoffSettings): number {
  if (count === 0) return 0;
  // 2^60 is beyond any maximum; without the limit the power would overflow to Infinity · 0.
  return Math.min(initialBackoffMs * 2 ** Math.min(count - 1, 60), maxBackoffMs);
}

/** Milliseconds per unit, as Go names them. */
const units: { readonly [unit: string]: number } = { ns: 1e-6, us: 1e-3, 'µs': 1e-3, 'μs': 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
/** 2^63 − 1 nanoseconds, beyond which upstream's durations end. */
const longestMs = 9_223_372_036_854.775;

/**
 * Milliseconds of a duration such as `1h30m` or `1.5s`; undefined for what is none. A duration is not negative and
 * has a unit. Rules: B81
 */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (text.length > 64 || !/^(?:\d+(?:\.\d*)?(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)([a-zµμ]+)/g)) totalMs += Number(amount) * (units[unit ?? ''] ?? Number.NaN);
  return totalMs <= longestMs ? totalMs : undefined;
}

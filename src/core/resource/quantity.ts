/** How a quantity was written, which its canonical form keeps: `1k`, `1Ki`, `1e3`. */
export type QuantityFamily = 'decimal' | 'binary' | 'exponent';

/** An exact amount. */
export interface Amount {
  /** In units of 10^-9, exact. */
  readonly nano: bigint;
  readonly family: QuantityFamily;
}

const unit = 1_000_000_000n;
const largest = (2n ** 63n - 1n) * unit;
const longestText = 64;
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const;
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const;
const grammar = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m|k|M|G|T|P|E|[KMGTPE]i|[eE][+-]?\d+)?$/;

/**
 * The amount that a quantity stands for; undefined for what is no quantity or lies beyond 2^63 − 1. Below one nano it
 * is rounded away from zero. Time is linear in the text. Rules: A90, B79, B80
 */
export function parseQuantity(text: string | number): Amount | undefined {
  const written = String(text);
  const parts = written.length > longestText ? null : grammar.exec(written);
  if (!parts) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = parts;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const scaled = scale(digits, fraction.length, suffix);
  if (scaled === undefined || scaled.nano > largest) return undefined;
  return sign === '-' ? { ...scaled, nano: -scaled.nano } : scaled;
}

export function isQuantity(text: string): boolean {
  return parseQuantity(text) !== undefined;
}

/** The canonical text: no fraction, the largest suffix of its family that keeps it exact (A90). */
export function formatQuantity({ nano, family }: Amount): string {
  if (nano === 0n) return '0';
  const whole = nano % unit === 0n;
  const small = nano > -1024n * unit && nano < 1024n * unit;
  // Binary suffixes cannot show fractions; amounts below 1024 need none.
  if (family === 'binary' && whole && !small) {
    const [mantissa, steps] = reduce(nano / unit, 1024n, binarySuffixes.length - 1);
    return `${mantissa}${binarySuffixes[steps] ?? ''}`;
  }
  const [mantissa, steps] = reduce(nano, 1000n, decimalSuffixes.length - 1);
  if (family !== 'exponent') return `${mantissa}${decimalSuffixes[steps] ?? ''}`;
  return steps === 3 ? `${mantissa}` : `${mantissa}e${(steps - 3) * 3}`;
}

/** Canonical text of a quantity; undefined for what is none. Canonical text comes back as it is (T15). */
export function canonicalQuantity(text: string | number): string | undefined {
  const amount = parseQuantity(text);
  return amount && formatQuantity(amount);
}

/** −1, 0 or 1, by value: `1000m` equals `1`. What is no quantity counts as 0. */
export function compareQuantities(a: string | number, b: string | number): -1 | 0 | 1 {
  const [x, y] = [nanoOf(a), nanoOf(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** The exact sum, in the family of the first (of the second where the first is 0). What is no quantity counts as 0. */
export function addQuantities(a: string | number, b: string | number): string {
  const [x, y] = [parseQuantity(a) ?? zero, parseQuantity(b) ?? zero];
  return formatQuantity({ nano: x.nano + y.nano, family: x.nano === 0n ? y.family : x.family });
}

/** Whole units, rounded up: bytes of memory, pods. Exact up to 2^53. What is no quantity counts as 0. */
export function quantityValue(text: string | number): number {
  return Number(ceilDivide(nanoOf(text), unit));
}

/** Thousandths, rounded up: milli-CPUs. Exact up to 2^53. What is no quantity counts as 0. */
export function quantityMilliValue(text: string | number): number {
  return Number(ceilDivide(nanoOf(text), 1_000_000n));
}

const zero: Amount = Object.freeze({ nano: 0n, family: 'decimal' });

function nanoOf(text: string | number): bigint {
  return (parseQuantity(text) ?? zero).nano;
}

function scale(digits: bigint, fractionDigits: number, suffix: string): Amount | undefined {
  const binary = binarySuffixes.indexOf(suffix as never);
  if (binary > 0) return { nano: roundUp(digits * 1024n ** BigInt(binary), 9 - fractionDigits), family: 'binary' };
  const decimal = decimalSuffixes.indexOf(suffix as never);
  if (decimal >= 0) return { nano: roundUp(digits, decimal * 3 - fractionDigits), family: 'decimal' };
  const exponent = Number(suffix.slice(1));
  // 64 digits cannot bring an exponent beyond these back into range; powers of ten stay small.
  if (exponent > 100 && digits !== 0n) return undefined;
  return { nano: roundUp(digits, Math.min(100, Math.max(-200, exponent)) + 9 - fractionDigits), family: 'exponent' };
}

/** digits × 10^power, away from zero where it is no whole number. */
function roundUp(digits: bigint, power: number): bigint {
  return power >= 0 ? digits * 10n ** BigInt(power) : ceilDivide(digits, 10n ** BigInt(-power));
}

function ceilDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a > 0n && a % b !== 0n ? quotient + 1n : quotient;
}

function reduce(value: bigint, by: bigint, most: number): readonly [bigint, number] {
  let steps = 0;
  while (steps < most && value % by === 0n) {
    value /= by;
    steps++;
  }
  return [value, steps];
}

import { token } from './token.js';

/**
 * A pure draw: the same (seed, stream, counter) gives the same number everywhere and always, and no stream shifts
 * another's values. Uniform over [0, 1), 53 bits. Rule: M9.
 */
export function draw(seed: number, stream: string, counter: number): number {
  return bits(seed, stream, counter, 0) / 2 ** 53;
}

/** Randomness by name: every stream has its own counter, so one more consumer changes nobody else's values. */
export interface Random {
  readonly seed: number;
  /** The next number of this stream, in [0, 1). */
  next(stream: string): number;
  /** A random (version 4) UUID from this stream. */
  uuid(stream: string): string;
  /** A source whose streams are apart from this one's. */
  fork(name: string): Random;
}
/** Asks for the app's source of randomness: `.inject(Random)`. Always bound. */
export const Random = token<Random>('Random');

export function keyedRandom(seed: number, prefix = ''): Random {
  const counters = new Map<string, number>();
  const take = (stream: string) => {
    const counter = counters.get(stream) ?? 0;
    counters.set(stream, counter + 1);
    return counter;
  };
  return {
    seed,
    next: (stream) => draw(seed, prefix + stream, take(stream)),
    uuid(stream) {
      const counter = take(stream);
      const hex = [1, 2, 3].map((lane) => bits(seed, prefix + stream, counter, lane).toString(16).padStart(14, '0')).join('');
      const variant = '89ab'[parseInt(hex.slice(16, 17), 16) & 3] ?? '8';
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    fork: (name) => keyedRandom(seed, `${prefix}${name}/`),
  };
}

/** Randomness of the machine: another seed at each start. */
export function systemRandom(): Random {
  return keyedRandom(globalThis.crypto.getRandomValues(new Uint32Array(1))[0] ?? 0);
}

/** 53 well mixed bits: two lanes of a 32-bit multiply-xor hash over the stream's name, finished as murmur3 finishes. */
function bits(seed: number, stream: string, counter: number, lane: number): number {
  let a = (0x9e3779b9 ^ seed ^ Math.imul(lane + 1, 0x85ebca6b)) | 0;
  let b = (0x6a09e667 ^ Math.floor(seed / 2 ** 32) ^ Math.imul(counter + 1, 0xc2b2ae35)) | 0;
  for (let i = 0; i < stream.length; i++) {
    const c = stream.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c, 0x85ebca77);
    b ^= b >>> 13;
  }
  a = mix(a ^ counter);
  b = mix(b ^ Math.floor(counter / 2 ** 32) ^ a);
  a = mix(a ^ Math.imul(b, 0x9e3779b1));
  return (a >>> 0) * 2 ** 21 + (b >>> 11);
}

function mix(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

import type { Random } from '../../runtime/random.js';

const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
const suffixLength = 5;
const longestBase = 63 - suffixLength;

/** How often a taken name is tried again with another suffix (A19). */
export const generateAttempts = 8;

/** The base, cut to 58 characters, and five random ones. Rule: A19. */
export function generateName(base: string, random: Random): string {
  let name = base.slice(0, longestBase);
  for (let i = 0; i < suffixLength; i++) name += alphabet[Math.floor(random.next('api/generateName') * alphabet.length)] ?? 'b';
  return name;
}

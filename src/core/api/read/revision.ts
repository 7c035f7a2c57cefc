import type { Revision } from '../../store/store.js';
import { badRequest } from '../refusals.js';

const past64Bits = 2n ** 64n;

/** A resourceVersion as asked for; undefined and '' ask for nothing in particular. @throws ApiError 400 (A21, B32, B33) */
export function parseRevision(text: string | undefined): Revision | undefined {
  if (text === undefined || text === '') return undefined;
  if (typeof text === 'string' && /^[0-9]{1,20}$/.test(text)) {
    const revision = BigInt(text);
    if (revision < past64Bits) return revision;
  }
  throw badRequest(`resourceVersion: Invalid value: "${String(text).slice(0, 64)}": must be a decimal unsigned 64-bit number`);
}

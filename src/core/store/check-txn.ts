import { DuplicateKey, NotFrozen, TooLarge, TooManyOps } from './errors.js';
import { checkInterval, checkKey, overlap } from './keys.js';
import type { Codec, Interval, Txn, WriteOp } from './store.js';

/** What both backends hold a txn to before it goes anywhere. */
export interface TxnLimits {
  /** Of compares with guards, of `then` and of `else`. */
  readonly maxTxnOps: number;
  readonly maxRequestBytes: number;
  /** 'deep' checks every level of a put value for being frozen, 'shallow' the top one (S9). */
  readonly checks: 'deep' | 'shallow';
}

/** etcd's own defaults. */
export const defaultLimits: TxnLimits = { maxTxnOps: 128, maxRequestBytes: 1_572_864, checks: 'shallow' };

/** More than any operation adds on the wire to its keys and value, so that a server never refuses what passes here. */
const overheadBytes = 64;

/**
 * Refuses a txn that no store would take.
 * @returns the size of the request in bytes, an upper bound for the keys and exact for the values.
 * @throws InvalidKey, NotFrozen, DuplicateKey, TooManyOps, TooLarge. Rules: S6, S9, S21, S22.
 */
export function checkTxn<V>(txn: Txn<V>, limits: TxnLimits, codec: Codec<V>): number {
  const { guards, compare, then, else: otherwise } = txn;
  const most = Math.max(compare.length + (guards?.length ?? 0), then.length, otherwise?.length ?? 0);
  if (most > limits.maxTxnOps) throw new TooManyOps(limits.maxTxnOps);
  let bytes = overheadBytes;
  for (const { key } of compare) bytes += keyBytes(key);
  if (guards) for (const { key } of guards) bytes += 2 * keyBytes(key);
  if (otherwise) for (const { key } of otherwise) bytes += keyBytes(key);
  for (const op of then) bytes += opBytes(op, limits, codec);
  if (bytes > limits.maxRequestBytes) throw new TooLarge(limits.maxRequestBytes);
  if (then.length > 1) checkDistinct(then);
  return bytes;
}

function opBytes<V>(op: WriteOp<V>, limits: TxnLimits, codec: Codec<V>): number {
  if (op.type === 'put') {
    checkFrozen(op.value, limits.checks, '');
    return keyBytes(op.key) + (op.sizeBytes ?? codec.encode(op.value).length);
  }
  if ('key' in op) return keyBytes(op.key);
  checkInterval(op);
  return overheadBytes + 6 * ('prefix' in op ? op.prefix.length : Math.max(op.start.length, op.end.length));
}

/** A UTF-16 unit takes at most 3 bytes of UTF-8. */
function keyBytes(key: string): number {
  checkKey(key);
  return overheadBytes + 3 * key.length;
}

function checkFrozen(value: unknown, checks: 'deep' | 'shallow', path: string): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Object.isFrozen(value)) throw new NotFrozen(path);
  if (checks === 'shallow') return;
  for (const name of Object.keys(value)) checkFrozen((value as Record<string, unknown>)[name], checks, path === '' ? name : `${path}.${name}`);
}

function checkDistinct<V>(ops: readonly WriteOp<V>[]): void {
  const single = new Set<string>();
  const wide: Interval[] = [];
  for (const op of ops) {
    if (!('key' in op)) wide.push(op);
    else if (single.has(op.key)) throw new DuplicateKey();
    else single.add(op.key);
  }
  wide.forEach((a, i) => {
    for (const key of single) if (overlap(a, { key })) throw new DuplicateKey();
    for (let j = i + 1; j < wide.length; j++) if (overlap(a, wide[j] as Interval)) throw new DuplicateKey();
  });
}

import { UnknownOutcome } from '../../runtime/errors.js';
import { checkTxn } from '../check-txn.js';
import { Fenced, LeaseNotFound, NoSpace } from '../errors.js';
import type { Compare, Guard, Item, OpResult, Revision, Txn, TxnResult, WriteOp } from '../store.js';
import { keyBytes, wireInterval } from './intervals.js';
import { compareResult, type WireCompare, type WireOp, type WireResult } from './messages.js';
import { methods } from './methods.js';
import { readRange } from './read-range.js';
import type { Session } from './session.js';

/** @throws what `checkTxn` throws, Fenced, LeaseNotFound, UnknownOutcome, NoSpace, … Rules: S17–S26, S56. */
export async function commit<V>(session: Session<V>, txn: Txn<V>): Promise<TxnResult<V>> {
  checkTxn(txn, session.limits, session.codec);
  const { guards = [], compare, then, else: reads = [], signal } = txn;
  // The guards' items come with the answer when there is room for them; else they are read at its revision.
  const inline = guards.length + reads.length <= session.limits.maxTxnOps;
  const request = {
    compare: [...guards.map(wireGuard), ...compare.map(wireCompare)],
    success: then.map((op) => wireOp(op, session)),
    failure: [...(inline ? guards : []), ...reads].map(({ key }): WireOp => ({ type: 'range', ...wireInterval({ key }) })),
  };
  const kind = then.length === 0 ? 'read' : 'write';
  const before = session.seen;
  const response = await session.call('txn', methods.txn, request, { kind, signal, ordered: true }).catch(async (error: unknown) => {
    if (error instanceof NoSpace) {
      session.noteSpace(false);
      if (await mayBeDone(session, then, before)) throw new UnknownOutcome('txn', { cause: error });
    }
    throw error instanceof LeaseNotFound ? new LeaseNotFound(leaseOf(then), { cause: error }) : error;
  });
  const { revision } = response.header;
  if (response.succeeded && then.some(({ type }) => type === 'put')) session.noteSpace(true);
  if (response.succeeded) return { ok: true, revision, results: then.map((op, i) => written(op, response.responses[i], revision, session)) };

  const items = response.responses.map(({ kvs: [kv] }) => kv && session.item(kv));
  const guarding = inline ? items.splice(0, guards.length) : await Promise.all(guards.map(async ({ key }) => (await readRange(session, { key, revision })).items[0]));
  guards.forEach((guard, i) => { checkGuard(guard, guarding[i]); });
  return { ok: false, revision, results: items.map((item) => (item ? { type: 'get', item } : { type: 'get' })) };
}

/**
 * etcd looks for space before it takes a write, and once more while it does it. What it refuses the second time is done all
 * the same: a key that was written since tells (S57, S80).
 */
async function mayBeDone<V>(session: Session<V>, ops: readonly WriteOp<V>[], before: Revision): Promise<boolean> {
  const put = ops.find((op) => op.type === 'put');
  if (!put) return false;
  try {
    const { items: [item] } = await readRange(session, { key: put.key, keysOnly: true });
    return item !== undefined && item.modRevision > before;
  } catch {
    return true;
  }
}

/** A failed guard wins over a failed compare (S23). @throws Fenced */
function checkGuard<V>(guard: Guard, item: Item<V> | undefined): void {
  const [expected, actual] = 'modRevision' in guard ? [guard.modRevision, item?.modRevision ?? 0n] : [guard.createRevision, item?.createRevision ?? 0n];
  if (expected !== actual) throw new Fenced(guard.key, expected, actual);
}

function wireGuard(guard: Guard): WireCompare {
  const [target, value] = 'modRevision' in guard ? (['modRevision', guard.modRevision] as const) : (['createRevision', guard.createRevision] as const);
  return { key: keyBytes(guard.key), result: compareResult['='], target, value };
}

function wireCompare(compare: Compare): WireCompare {
  const [target, value] = 'modRevision' in compare ? (['modRevision', compare.modRevision] as const)
    : 'createRevision' in compare ? (['createRevision', compare.createRevision] as const)
      : 'version' in compare ? (['version', compare.version] as const)
        : (['lease', compare.lease] as const);
  return { key: keyBytes(compare.key), result: compareResult[compare.op], target, value };
}

function wireOp<V>(op: WriteOp<V>, { codec }: Session<V>): WireOp {
  if (op.type === 'delete') return { type: 'delete', ...wireInterval(op), prev: op.prev === true };
  return { type: 'put', key: keyBytes(op.key), value: codec.encode(op.value), lease: op.lease ?? 0n, prev: op.prev === true };
}

function written<V>(op: WriteOp<V>, result: WireResult | undefined, revision: Revision, session: Session<V>): OpResult<V> {
  const prev = (result?.kvs ?? []).map((kv) => session.item(kv));
  if (op.type === 'put') {
    const stored = session.codec.stamp(op.value, revision);
    return prev[0] ? { type: 'put', stored, prev: prev[0] } : { type: 'put', stored };
  }
  const deleted = result?.deleted ?? 0;
  return op.prev === true ? { type: 'delete', deleted, prev } : { type: 'delete', deleted };
}

function leaseOf<V>(ops: readonly WriteOp<V>[]): bigint {
  for (const op of ops) if (op.type === 'put' && op.lease) return op.lease;
  return 0n;
}

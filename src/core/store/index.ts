/**
 * For those who write a store of their own: what a store is, the errors that it throws, and the parts of ours that it may
 * use. `storeConformance` of `setpoint/testing` says whether it is right.
 */
export type {
  Backup, Codec, Compare, Cursor, Delivery, Guard, Interval, Item, LeaseId, Leases, OpResult, RangeOptions, RangeResult, ReadOp, Recovery, Revision, StoreBatch, StoreEvent,
  StoreHandle, StoreHealth, StoreWatch, Txn, TxnResult, Verification, VerifiedMember, WatchOptions, WriteOp,
} from './store.js';
export type { Store } from './provider.js';
export {
  CannotSettle, Closed, Compacted, Corrupt, DuplicateKey, Fenced, FutureRevision, InvalidKey, InvalidLease, InvalidRevision, LeaseNotFound, NoMembers, NoSpace, NotFrozen,
  PermissionDenied, Refused, Reset, RevisionExhausted, StoreError, StoreRolledBack, TooLarge, TooManyOps, TooManyRequests, Unauthenticated, Unavailable, UnsafeServer,
  type Applied, type StoreErrorOptions,
} from './errors.js';
export { Aborted, UnknownOutcome } from '../runtime/errors.js';
export type { Runtime } from '../runtime/runtime.js';
export { checkTxn, defaultLimits, type TxnLimits } from './check-txn.js';
export { checkInterval, compareKeys, contains } from './keys.js';
export { Channel, defaultRing, type ChannelOptions, type RingLimits } from './watch/channel.js';
export { Consumer, type ConsumerOptions, type Fill } from './watch/consumer.js';
export type { Link, Ring, Run } from './watch/ring.js';
export { LeaseTable, type LeaseEvents } from './memory/lease-table.js';
export { holdLease, type HeldLease } from './hold-lease.js';
export { settle, type Settled, type SettleOptions } from './settle.js';

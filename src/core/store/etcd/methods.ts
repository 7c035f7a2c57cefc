import { decodeAuthenticate, decodeLease, decodeSnapshot, decodeStatus, encodeAuthenticate, encodeLeaseGrant, encodeLeaseId, encodeNothing } from './admin-messages.js';
import { decodeHeaderOnly, decodeRange, decodeTxn, encodeCompaction, encodeRange, encodeTxn } from './messages.js';
import { decodeHashKv, encodeHashKv } from './verify-messages.js';
import { decodeWatch, encodeWatch } from './watch-messages.js';
import type { Decode, Encode } from './wire.js';

/** One remote procedure. */
export interface Method<Request, Response> {
  readonly path: string;
  readonly encode: Encode<Request>;
  readonly decode: Decode<Response>;
}

function method<Request, Response>(path: string, encode: Encode<Request>, decode: Decode<Response>): Method<Request, Response> {
  return { path: `/etcdserverpb.${path}`, encode, decode };
}

export const methods = {
  range: method('KV/Range', encodeRange, decodeRange),
  txn: method('KV/Txn', encodeTxn, decodeTxn),
  compact: method('KV/Compact', encodeCompaction, decodeHeaderOnly),
  watch: method('Watch/Watch', encodeWatch, decodeWatch),
  leaseGrant: method('Lease/LeaseGrant', encodeLeaseGrant, decodeLease),
  leaseRevoke: method('Lease/LeaseRevoke', encodeLeaseId, decodeHeaderOnly),
  leaseKeepAlive: method('Lease/LeaseKeepAlive', encodeLeaseId, decodeLease),
  status: method('Maintenance/Status', encodeNothing, decodeStatus),
  hashKv: method('Maintenance/HashKV', encodeHashKv, decodeHashKv),
  snapshot: method('Maintenance/Snapshot', encodeNothing, decodeSnapshot),
  authenticate: method('Auth/Authenticate', encodeAuthenticate, decodeAuthenticate),
} as const;

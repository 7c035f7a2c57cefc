import { eachField, Fields, int64, uint64 } from './wire.js';

/**
 * The messages of etcd's `rpc.proto` and `kv.proto` that this client uses, by their documented field numbers.
 * 64-bit integers are bigint (S71).
 */
export interface Header {
  clusterId: bigint;
  revision: bigint;
}

export interface KeyValue {
  key: Uint8Array;
  createRevision: bigint;
  modRevision: bigint;
  version: bigint;
  value: Uint8Array;
  lease: bigint;
}

const nothing = new Uint8Array(0);

export function decodeHeader(bytes: Uint8Array): Header {
  const header: Header = { clusterId: 0n, revision: 0n };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: header.clusterId = uint64(reader); return true;
      case 3: header.revision = int64(reader); return true;
      default: return false;
    }
  });
  return header;
}

export function decodeKeyValue(bytes: Uint8Array): KeyValue {
  const kv: KeyValue = { key: nothing, createRevision: 0n, modRevision: 0n, version: 0n, value: nothing, lease: 0n };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: kv.key = reader.bytes(); return true;
      case 2: kv.createRevision = int64(reader); return true;
      case 3: kv.modRevision = int64(reader); return true;
      case 4: kv.version = int64(reader); return true;
      case 5: kv.value = reader.bytes(); return true;
      case 6: kv.lease = int64(reader); return true;
      default: return false;
    }
  });
  return kv;
}

/** An interval as etcd has it: without `rangeEnd` one key, with `[0]` everything from `key` on. */
export interface WireInterval {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

export interface RangeRequest extends WireInterval {
  readonly limit?: number;
  readonly revision?: bigint;
  readonly serializable?: boolean;
  readonly keysOnly?: boolean;
  readonly countOnly?: boolean;
}

export interface RangeResponse {
  header: Header;
  kvs: KeyValue[];
  more: boolean;
  count: number;
}

export function encodeRange(request: RangeRequest): Uint8Array {
  return new Fields().bytes(1, request.key).bytes(2, request.rangeEnd).int64(3, BigInt(request.limit ?? 0)).int64(4, request.revision ?? 0n)
    .flag(7, request.serializable).flag(8, request.keysOnly).flag(9, request.countOnly).finish();
}

export function decodeRange(bytes: Uint8Array): RangeResponse {
  const response: RangeResponse = { header: noHeader(), kvs: [], more: false, count: 0 };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: response.header = decodeHeader(reader.bytes()); return true;
      case 2: response.kvs.push(decodeKeyValue(reader.bytes())); return true;
      case 3: response.more = reader.bool(); return true;
      case 4: response.count = Number(int64(reader)); return true;
      default: return false;
    }
  });
  return response;
}

export const compareResult = { '=': 0, '>': 1, '<': 2, '!=': 3 } as const;

export interface WireCompare {
  readonly key: Uint8Array;
  readonly result: number;
  readonly target: 'version' | 'createRevision' | 'modRevision' | 'lease';
  readonly value: bigint;
}

/** Number of the target, and the field that its value is in. */
const compareTarget = { version: [0, 4], createRevision: [1, 5], modRevision: [2, 6], lease: [4, 8] } as const;

function encodeCompare({ key, result, target, value }: WireCompare): Uint8Array {
  const [number, field] = compareTarget[target];
  return new Fields().enum(1, result).enum(2, number).bytes(3, key).int64(field, value).finish();
}

export type WireOp =
  | ({ readonly type: 'range' } & RangeRequest)
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array; readonly lease: bigint; readonly prev: boolean }
  | ({ readonly type: 'delete'; readonly prev: boolean } & WireInterval);

function encodeOp(op: WireOp): Uint8Array {
  const fields = new Fields();
  switch (op.type) {
    case 'range': return fields.message(1, encodeRange(op)).finish();
    case 'put': return fields.message(2, new Fields().bytes(1, op.key).bytes(2, op.value).int64(3, op.lease).flag(4, op.prev).finish()).finish();
    default: return fields.message(3, new Fields().bytes(1, op.key).bytes(2, op.rangeEnd).flag(3, op.prev).finish()).finish();
  }
}

export interface TxnRequest {
  readonly compare: readonly WireCompare[];
  readonly success: readonly WireOp[];
  readonly failure: readonly WireOp[];
}

export function encodeTxn({ compare, success, failure }: TxnRequest): Uint8Array {
  const fields = new Fields();
  for (const one of compare) fields.message(1, encodeCompare(one));
  for (const op of success) fields.message(2, encodeOp(op));
  for (const op of failure) fields.message(3, encodeOp(op));
  return fields.finish();
}

/** One answer of a txn; which members are set depends on the operation. */
export interface WireResult {
  kvs: KeyValue[];
  deleted: number;
}

export interface TxnResponse {
  header: Header;
  succeeded: boolean;
  responses: WireResult[];
}

export function decodeTxn(bytes: Uint8Array): TxnResponse {
  const response: TxnResponse = { header: noHeader(), succeeded: false, responses: [] };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: response.header = decodeHeader(reader.bytes()); return true;
      case 2: response.succeeded = reader.bool(); return true;
      case 3: response.responses.push(decodeResult(reader.bytes())); return true;
      default: return false;
    }
  });
  return response;
}

function decodeResult(bytes: Uint8Array): WireResult {
  const result: WireResult = { kvs: [], deleted: 0 };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: result.kvs = decodeRange(reader.bytes()).kvs; return true;
      case 2: eachField(reader.bytes(), (inner, put) => inner === 2 && result.kvs.push(decodeKeyValue(put.bytes())) > 0); return true;
      case 3: decodeDelete(reader.bytes(), result); return true;
      default: return false;
    }
  });
  return result;
}

function decodeDelete(bytes: Uint8Array, into: WireResult): void {
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 2: into.deleted = Number(int64(reader)); return true;
      case 3: into.kvs.push(decodeKeyValue(reader.bytes())); return true;
      default: return false;
    }
  });
}

export function encodeCompaction(request: { readonly revision: bigint }): Uint8Array {
  return new Fields().int64(1, request.revision).finish();
}

/** For answers of which only the header matters. */
export function decodeHeaderOnly(bytes: Uint8Array): { readonly header: Header } {
  let header = noHeader();
  eachField(bytes, (field, reader) => {
    if (field !== 1) return false;
    header = decodeHeader(reader.bytes());
    return true;
  });
  return { header };
}

function noHeader(): Header {
  return { clusterId: 0n, revision: 0n };
}

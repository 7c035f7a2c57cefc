import { decodeHeader, decodeKeyValue, type Header, type KeyValue, type WireInterval } from './messages.js';
import { eachField, Fields, int64 } from './wire.js';

export type WatchRequest =
  | ({ readonly type: 'create'; readonly startRevision: bigint } & WireInterval)
  | { readonly type: 'progress' };

/** Previous values and fragments are always asked for (S31, S77). */
export function encodeWatch(request: WatchRequest): Uint8Array {
  const fields = new Fields();
  if (request.type === 'progress') return fields.message(3, new Uint8Array(0)).finish();
  return fields.message(1, new Fields().bytes(1, request.key).bytes(2, request.rangeEnd).int64(3, request.startRevision)
    .flag(4, true).flag(6, true).flag(8, true).finish()).finish();
}

export interface WireEvent {
  deleted: boolean;
  kv: KeyValue | undefined;
  prev: KeyValue | undefined;
}

export interface WatchResponse {
  header: Header;
  created: boolean;
  canceled: boolean;
  compactRevision: bigint;
  cancelReason: string;
  /** More of the same answer follows. */
  fragment: boolean;
  events: WireEvent[];
  sizeBytes: number;
}

export function decodeWatch(bytes: Uint8Array): WatchResponse {
  const response: WatchResponse = {
    header: { clusterId: 0n, revision: 0n }, created: false, canceled: false, compactRevision: 0n, cancelReason: '', fragment: false, events: [], sizeBytes: bytes.length,
  };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: response.header = decodeHeader(reader.bytes()); return true;
      case 3: response.created = reader.bool(); return true;
      case 4: response.canceled = reader.bool(); return true;
      case 5: response.compactRevision = int64(reader); return true;
      case 6: response.cancelReason = reader.string(); return true;
      case 7: response.fragment = reader.bool(); return true;
      case 11: response.events.push(decodeEvent(reader.bytes())); return true;
      default: return false;
    }
  });
  return response;
}

function decodeEvent(bytes: Uint8Array): WireEvent {
  const event: WireEvent = { deleted: false, kv: undefined, prev: undefined };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: event.deleted = reader.int32() === 1; return true;
      case 2: event.kv = decodeKeyValue(reader.bytes()); return true;
      case 3: event.prev = decodeKeyValue(reader.bytes()); return true;
      default: return false;
    }
  });
  return event;
}

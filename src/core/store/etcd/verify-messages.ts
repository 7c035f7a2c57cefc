import { decodeHeader, type Header } from './messages.js';
import { eachField, Fields, int64 } from './wire.js';

export function encodeHashKv({ revision }: { readonly revision: bigint }): Uint8Array {
  return new Fields().int64(1, revision).finish();
}

/** The hash of all keys and values up to a revision. It depends on what was compacted, too. */
export interface HashKvResponse {
  header: Header;
  hash: number;
  compactRevision: bigint;
}

export function decodeHashKv(bytes: Uint8Array): HashKvResponse {
  const response: HashKvResponse = { header: { clusterId: 0n, revision: 0n }, hash: 0, compactRevision: 0n };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: response.header = decodeHeader(reader.bytes()); return true;
      case 2: response.hash = reader.uint32(); return true;
      case 3: response.compactRevision = int64(reader); return true;
      default: return false;
    }
  });
  return response;
}

import { decodeHeader, type Header } from './messages.js';
import { eachField, Fields, int64, uint64 } from './wire.js';

export function encodeLeaseGrant({ ttlSeconds }: { readonly ttlSeconds: number }): Uint8Array {
  return new Fields().int64(1, BigInt(ttlSeconds)).finish();
}

export function encodeLeaseId({ id }: { readonly id: bigint }): Uint8Array {
  return new Fields().int64(1, id).finish();
}

/** The answer to a grant and to a keepalive: they have the same fields. */
export interface LeaseResponse {
  header: Header;
  id: bigint;
  /** 0 in the answer to a keepalive: the lease is gone (S49). */
  ttlSeconds: number;
}

export function decodeLease(bytes: Uint8Array): LeaseResponse {
  const response: LeaseResponse = { header: { clusterId: 0n, revision: 0n }, id: 0n, ttlSeconds: 0 };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: response.header = decodeHeader(reader.bytes()); return true;
      case 2: response.id = int64(reader); return true;
      case 3: response.ttlSeconds = Number(int64(reader)); return true;
      default: return false;
    }
  });
  return response;
}

export function encodeNothing(): Uint8Array {
  return new Uint8Array(0);
}

export interface StatusResponse {
  header: Header;
  version: string;
  /** Alarms in words. */
  errors: string[];
  isLearner: boolean;
}

export function decodeStatus(bytes: Uint8Array): StatusResponse {
  const response: StatusResponse = { header: { clusterId: 0n, revision: 0n }, version: '', errors: [], isLearner: false };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 1: response.header = decodeHeader(reader.bytes()); return true;
      case 2: response.version = reader.string(); return true;
      case 8: response.errors.push(reader.string()); return true;
      case 10: response.isLearner = reader.bool(); return true;
      default: return false;
    }
  });
  return response;
}

/** A piece of the server's data; the pieces end in their SHA-256. */
export interface SnapshotResponse {
  remainingBytes: bigint;
  blob: Uint8Array;
}

export function decodeSnapshot(bytes: Uint8Array): SnapshotResponse {
  const response: SnapshotResponse = { remainingBytes: 0n, blob: new Uint8Array(0) };
  eachField(bytes, (field, reader) => {
    switch (field) {
      case 2: response.remainingBytes = uint64(reader); return true;
      case 3: response.blob = reader.bytes(); return true;
      default: return false;
    }
  });
  return response;
}

export function encodeAuthenticate({ name, password }: { readonly name: string; readonly password: string }): Uint8Array {
  return new Fields().text(1, name).text(2, password).finish();
}

export function decodeAuthenticate(bytes: Uint8Array): { readonly token: string } {
  let token = '';
  eachField(bytes, (field, reader) => {
    if (field !== 2) return false;
    token = reader.string();
    return true;
  });
  return { token };
}

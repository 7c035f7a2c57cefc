import type { Codec } from './store.js';

/** Values as their bytes: what a store keeps as a whole is handled without being understood. */
export const bytesCodec: Codec<Uint8Array> = { encode: (value) => value, decode: (bytes) => bytes, stamp: (value) => value };

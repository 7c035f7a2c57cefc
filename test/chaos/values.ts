import type { Codec } from '../../src/core/store/store.js';

const [text, bytes] = [new TextDecoder(), new TextEncoder()];

/** Values of the runs: texts, each used once in a run, so that it tells which write made it. */
export const stringCodec: Codec<string> = { encode: (value) => bytes.encode(value), decode: (encoded) => text.decode(encoded), stamp: (value) => value };

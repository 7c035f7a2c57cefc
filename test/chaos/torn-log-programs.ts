import type { Codec, Item, StoreHandle, WriteOp } from '../../src/core/store/store.js';

/** What is stored: text that says itself whether it is whole. */
export interface Text {
  readonly text: string;
}

export const textCodec: Codec<Text> = {
  encode: ({ text }) => Buffer.from(text),
  decode: (bytes) => Object.freeze({ text: Buffer.from(bytes).toString() }),
  stamp: (value) => value,
};

/**
 * Each txn of a writer puts one more than before into both its counters, which are far apart, and fills one of its
 * slots: a part of a txn shows at once.
 */
export function writeOps(writer: number, random: () => number): WriteOp<Text>[] {
  const stamp = Math.floor(random() * 2 ** 32).toString(16);
  const counter = Object.freeze({ text: stamp });
  const slot = Math.floor(random() * 20);
  return [
    { type: 'put', key: `/a/${String(writer)}`, value: counter },
    { type: 'put', key: `/z/${String(writer)}`, value: counter },
    { type: 'put', key: `/slot/${String(writer)}/${String(slot)}`, value: Object.freeze({ text: `${stamp} ${'.'.repeat(Math.floor(random() * 3_000))} ${stamp}` }) },
  ];
}

/** What is wrong with the store's content, whatever revision it is at; empty when nothing is. */
export async function faultsOf(store: StoreHandle<Text>): Promise<readonly string[]> {
  const faults: string[] = [];
  const { items, revision } = await store.range({ prefix: '' });
  const byKey = new Map(items.map((item) => [item.key, item]));
  for (const item of items) {
    if (item.corrupt) faults.push(`${item.key} does not decode`);
    if (item.modRevision > revision || item.createRevision > item.modRevision) faults.push(`${item.key} has impossible revisions`);
    if (item.key.startsWith('/slot/')) checkSlot(item, faults);
    if (item.key.startsWith('/a/')) checkPair(item, byKey.get(`/z/${item.key.slice(3)}`), faults);
  }
  return faults;
}

function checkSlot({ key, value: { text } }: Item<Text>, faults: string[]): void {
  const [first, last] = [text.slice(0, text.indexOf(' ')), text.slice(text.lastIndexOf(' ') + 1)];
  if (first !== last) faults.push(`${key} holds a part of a value`);
}

function checkPair(a: Item<Text>, z: Item<Text> | undefined, faults: string[]): void {
  if (!z || a.value.text !== z.value.text || a.modRevision !== z.modRevision || a.version !== z.version) faults.push(`${a.key} shows a part of a txn`);
}

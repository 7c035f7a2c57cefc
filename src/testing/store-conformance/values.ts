import type { Codec, Delivery, Item, Revision, StoreBatch, StoreHandle, StoreWatch, TxnResult } from '../../core/store/store.js';

/** What the rules store: JSON with a place for its revision, as the api's objects have. */
export interface Value {
  readonly data: unknown;
  readonly revision?: string;
}

export function value(data: unknown): Value {
  return Object.freeze({ data: freeze(data) });
}

function freeze<T>(data: T): T {
  if (typeof data === 'object' && data !== null) {
    for (const part of Object.values(data)) freeze(part);
    Object.freeze(data);
  }
  return data;
}

function stamp({ data }: Value, revision: Revision): Value {
  return Object.freeze({ data, revision: revision.toString() });
}

export const valueCodec: Codec<Value> = {
  encode: ({ data }) => new TextEncoder().encode(JSON.stringify({ data })),
  // The bytes are those of encode, or do not decode.
  decode: (bytes, revision) => stamp(freeze(JSON.parse(new TextDecoder().decode(bytes))) as Value, revision),
  stamp,
};

export function put(store: StoreHandle<Value>, key: string, data: unknown): Promise<TxnResult<Value>> {
  return store.txn({ compare: [], then: [{ type: 'put', key, value: value(data) }] });
}

export function remove(store: StoreHandle<Value>, key: string): Promise<TxnResult<Value>> {
  return store.txn({ compare: [], then: [{ type: 'delete', key }] });
}

export async function get(store: StoreHandle<Value>, key: string): Promise<Item<Value> | undefined> {
  return (await store.range({ key })).items[0];
}

/** The next batches of a watch, progress left out, until `done` holds. */
export async function batchesUntil(watch: StoreWatch<Value>, done: (batches: readonly StoreBatch<Value>[]) => boolean): Promise<StoreBatch<Value>[]> {
  const iterator = watch[Symbol.asyncIterator]();
  const batches: StoreBatch<Value>[] = [];
  while (!done(batches)) {
    const next: IteratorResult<Delivery<Value>, undefined> = await iterator.next();
    if (next.done === true) throw new Error('the watch ended');
    if (next.value.type === 'batches') batches.push(...next.value.batches);
  }
  return batches;
}

export function takeBatches(watch: StoreWatch<Value>, count: number): Promise<StoreBatch<Value>[]> {
  return batchesUntil(watch, ({ length }) => length >= count);
}

/** Everything up to this revision; ends the watch. */
export async function upTo(watch: StoreWatch<Value>, revision: Revision): Promise<StoreBatch<Value>[]> {
  const batches = await batchesUntil(watch, (all) => (all[all.length - 1]?.revision ?? 0n) >= revision);
  await watch[Symbol.asyncIterator]().return?.();
  return batches;
}

/** How the watch ends: the error, or undefined. */
export async function endOf(watch: StoreWatch<Value>): Promise<unknown> {
  try {
    for await (const delivery of watch) void delivery;
  } catch (error) {
    return error;
  }
  return undefined;
}

import { checkInterval, compareKeys } from '../keys.js';
import type { Item, RangeOptions, RangeResult } from '../store.js';
import { versionAt, type Record } from './history.js';
import type { Bounds } from './sorted-records.js';
import { boundsOf, type State } from './state.js';

/** @throws InvalidKey, InvalidRevision, FutureRevision, Compacted. Rules: S7, S11–S14. */
export function read<V>(state: State<V>, options: RangeOptions): RangeResult<V> {
  checkInterval(options);
  const { revision: now } = state;
  const asked = options.cursor?.revision ?? options.revision;
  if (asked !== undefined) state.checkReadable(asked);
  const at = asked ?? now;
  if ('key' in options && !options.cursor) return one(state, options, at);
  const limit = options.countOnly === true ? 0 : options.limit !== undefined && options.limit > 0 ? options.limit : Infinity;
  const bounds = options.cursor ? { ...boundsOf(options), start: options.cursor.start } : boundsOf(options);
  const { items, count } = at === now ? present(state, bounds, limit) : past(state, bounds, limit, at);
  const last = items[items.length - 1];
  return {
    items: options.keysOnly === true ? items.map(withoutValue) : items, revision: now, count,
    ...(last && count > items.length ? { next: { start: `${last.key}\0`, revision: at } } : {}),
  };
}

function one<V>(state: State<V>, options: RangeOptions & { readonly key: string }, at: bigint): RangeResult<V> {
  const record = state.records.get(options.key);
  const item = record && (at === state.revision ? record.head.item : versionAt(record, at)?.item);
  if (!item) return { items: [], revision: state.revision, count: 0 };
  const items = options.countOnly === true ? [] : [options.keysOnly === true ? withoutValue(item) : item];
  return { items, revision: state.revision, count: 1 };
}

interface Found<V> {
  readonly items: readonly Item<V>[];
  readonly count: number;
}

function present<V>(state: State<V>, bounds: Bounds, limit: number): Found<V> {
  const items: Item<V>[] = [];
  if (limit > 0) {
    state.live.each(bounds, ({ head }) => {
      if (head.item) items.push(head.item);
      return items.length < limit;
    });
  }
  return { items, count: items.length < limit ? items.length : state.live.count(bounds) };
}

/** Walks every key of the interval that has history, the deleted ones merged in by order. */
function past<V>(state: State<V>, bounds: Bounds, limit: number, at: bigint): Found<V> {
  const items: Item<V>[] = [];
  let count = 0;
  const take = (record: Record<V>) => {
    const item = versionAt(record, at)?.item;
    if (!item) return;
    count++;
    if (items.length < limit) items.push(item);
  };
  const dead: Record<V>[] = [];
  state.dead.each(bounds, (record) => { dead.push(record); });
  let next = 0;
  state.live.each(bounds, (record) => {
    for (let other = dead[next]; other && compareKeys(other.key, record.key) < 0; other = dead[++next]) take(other);
    take(record);
  });
  for (const record of dead.slice(next)) take(record);
  return { items, count };
}

function withoutValue<V>(item: Item<V>): Item<V> {
  // With keysOnly nobody reads the value (S12).
  return { ...item, value: undefined as V };
}

import { keyedRandom } from '../../core/runtime/random.js';
import type { Item, Revision, StoreEvent, StoreHandle, WriteOp } from '../../core/store/store.js';
import { equal, isTrue } from './assertions.js';
import { rules } from './context.js';
import { upTo, value, type Value } from './values.js';

type State = ReadonlyMap<string, Item<Value>>;

/** What one revision did, as a watch of everything tells it. */
interface Told {
  readonly revision: Revision;
  readonly events: readonly { readonly type: string; readonly key: string; readonly data: unknown; readonly version: bigint; readonly createRevision: bigint }[];
}

/** The simplest store that could be right: a map copied at each revision. */
class Model {
  readonly #states = new Map<Revision, State>();
  readonly told: Told[] = [];
  revision: Revision;

  constructor(revision: Revision) {
    this.revision = revision;
    this.#states.set(revision, new Map());
  }

  at(revision = this.revision): State {
    return this.#states.get(revision) ?? new Map<string, Item<Value>>();
  }

  write(ops: readonly WriteOp<Value>[]): void {
    const revision = this.revision + 1n;
    const state = new Map(this.at());
    const events: Told['events'][number][] = [];
    for (const op of ops) {
      if (op.type === 'put') {
        const before = state.get(op.key);
        const item = { key: op.key, value: op.value, createRevision: before?.createRevision ?? revision, modRevision: revision, version: (before?.version ?? 0n) + 1n, lease: 0n };
        state.set(op.key, item);
        events.push({ type: 'put', key: op.key, data: op.value.data, version: item.version, createRevision: item.createRevision });
      } else {
        for (const key of keysIn(state, op)) {
          state.delete(key);
          events.push({ type: 'delete', key, data: undefined, version: 0n, createRevision: 0n });
        }
      }
    }
    if (events.length === 0) return;
    this.revision = revision;
    this.#states.set(revision, state);
    this.told.push({ revision, events });
  }
}

function keysIn(state: State, op: WriteOp<Value> & { readonly type: 'delete' }): readonly string[] {
  const within = (key: string) => ('key' in op ? key === op.key : 'prefix' in op ? key.startsWith(op.prefix) : key >= op.start && key < op.end);
  return [...state.keys()].filter(within).sort();
}

const programs = 5;
const seedsOfEach = 4;
const steps = 60;
const names = ['a', 'aa', 'ab', 'b', 'ba', 'c'];

/** Random programs, the same each time, against the simplest store that could be right. */
export const modelRules = rules((rule) => {
  for (let program = 0; program < programs; program++) {
    const first = program * seedsOfEach + 1;
    rule('S2 S4 S11 S12 S13 S17 S28 S29', `random programs, seeds from ${String(first)} on, do what a map of each revision would`, async (t) => {
      for (let seed = first; seed < first + seedsOfEach; seed++) await play(t.store, t.prefix(), seed);
    });
  }
});

async function play(store: StoreHandle<Value>, p: string, seed: number): Promise<void> {
  const random = keyedRandom(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random.next('conformance') * all.length)] as T; // none of the lists is empty
  const model = new Model((await store.range({ prefix: p })).revision);
  const { revision: start } = model;
  const watch = store.watch({ prefix: p, after: start });

  for (let i = 0; i < steps; i++) {
    const key = p + pick(names);
    const other = p + pick(names);
    const op: WriteOp<Value> = pick<WriteOp<Value>>([
      { type: 'put', key, value: value(i) }, { type: 'put', key, value: value(i) }, { type: 'delete', key }, { type: 'delete', prefix: key }, { type: 'delete', start: `${p}ab`, end: `${p}bb` },
    ]);
    const ops = op.type === 'put' && other !== key && random.next('conformance') < 0.3 ? [op, { type: 'put' as const, key: other, value: value(-i) }] : [op];
    const found = model.at().get(other)?.modRevision ?? 0n;
    const expected = pick([found, found, found, model.revision]);
    const result = await store.txn({ compare: [{ key: other, op: '=', modRevision: expected }], then: ops, else: [{ type: 'get', key: other }] });
    if (found === expected) model.write(ops);
    equal({ ok: result.ok, revision: result.revision }, { ok: found === expected, revision: model.revision });
    await compare(store, p, model, pick([undefined, 1, 2, 4]));
  }
  const end = { type: 'put', key: `${p}z`, value: value('end') } as const;
  await store.txn({ compare: [], then: [end] });
  model.write([end]);
  for (let revision = start; revision <= model.revision; revision++) {
    equal(shown((await store.range({ prefix: p, revision })).items), shown([...model.at(revision).values()].sort(byKey)));
  }
  const batches = await upTo(watch, model.revision);
  equal(batches.map(({ revision, events }) => ({ revision, events: events.map(told) })), model.told);
  isTrue(model.told.length > steps / 4, 'the program changed too little to prove anything');
}

function told({ type, key, value: its, version, createRevision }: StoreEvent<Value>): Told['events'][number] {
  return { type, key, data: its?.data, version, createRevision };
}

async function compare(store: StoreHandle<Value>, prefix: string, model: Model, limit: number | undefined): Promise<void> {
  const all = [...model.at().values()].sort(byKey);
  const { items, count, next } = await store.range({ prefix, ...(limit === undefined ? {} : { limit }) });
  equal({ items: shown(items), count, more: next !== undefined }, { items: shown(all.slice(0, limit)), count: all.length, more: limit !== undefined && all.length > limit });
}

function byKey(a: Item<Value>, b: Item<Value>): number {
  return a.key < b.key ? -1 : 1;
}

function shown(items: readonly Item<Value>[]): unknown {
  return items.map(({ key, value: { data }, createRevision, modRevision, version, lease }) => ({ key, data, createRevision, modRevision, version, lease }));
}

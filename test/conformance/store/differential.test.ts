import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';
import { keyedRandom, type Random } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { etcd } from '../../../src/core/store/etcd/index.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import type { Compare, Cursor, Interval, LeaseId, Revision, StoreBatch, StoreHandle, Txn, WriteOp } from '../../../src/core/store/store.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { endOf, upTo, value, valueCodec, type Value } from './backends.js';

const seeds = [1, 2, 3, 4];
const steps = 150;
/** Few keys, so that they meet; some of other planes and of the prefixes of others. */
const keys = ['a', 'a/b', 'ab', 'b', 'b\u{FFFF}', 'b\u{10000}', 'c/1', 'c/2', 'c/3', 'd'];
const prefixes = ['', 'a', 'b', 'c/', 'x'];

/** The same step against one store; lease ids differ between stores, so they are named by their order. */
interface Side {
  readonly store: StoreHandle<Value>;
  readonly leases: LeaseId[];
  cursor: Cursor | undefined;
  /** Another handle, which has not seen anything yet. */
  open(): Promise<StoreHandle<Value>>;
}
type Step = (side: Side) => Promise<unknown>;

/** Draws the steps of one program. `now` and `compacted` are the same on both sides as long as they agree. */
class Program {
  readonly #random: Random;
  granted = 0;

  constructor(seed: number) {
    this.#random = keyedRandom(seed);
  }

  next(now: Revision, compacted: Revision): Step {
    const draws: readonly (readonly [weight: number, step: () => Step])[] = [
      [8, () => this.#txn(now)],
      [3, () => this.#range(now, compacted)],
      [2, () => this.#page()],
      [1, () => this.#lease()],
      [1, () => this.#watch(now, compacted)],
      [1, () => this.#compact(now, compacted)],
    ];
    let at = this.#random.next('step') * draws.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, step] of draws) {
      at -= weight;
      if (at < 0) return step();
    }
    return this.#txn(now);
  }

  #int(below: number): number {
    return Math.floor(this.#random.next('int') * below);
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#int(from.length)] as T;
  }

  #interval(): Interval {
    switch (this.#int(4)) {
      case 0: return { prefix: this.#pick(prefixes) };
      case 1: return { start: this.#pick(keys), end: this.#pick(keys) };
      default: return { key: this.#pick(keys) };
    }
  }

  #revision(now: Revision, compacted: Revision): Revision {
    const span = Number(now - compacted) + 4;
    return compacted - 1n + BigInt(this.#int(span));
  }

  #compare(now: Revision): Compare {
    const key = this.#pick(keys);
    const op = this.#pick(['=', '=', '!=', '<', '>'] as const);
    switch (this.#int(3)) {
      case 0: return { key, op, modRevision: now - BigInt(this.#int(8)) };
      case 1: return { key, op, version: BigInt(this.#int(3)) };
      default: return { key, op, createRevision: this.#int(2) === 0 ? 0n : now - BigInt(this.#int(20)) };
    }
  }

  #txn(now: Revision): Step {
    const ops: WriteOp<Value>[] = [];
    const leaseOf: (number | undefined)[] = [];
    for (let i = this.#int(4); i >= 0; i--) {
      const prev = this.#int(2) === 0;
      leaseOf.push(this.granted > 0 && this.#int(3) === 0 ? this.#int(this.granted + 1) : undefined);
      ops.push(this.#int(3) > 0 ? { type: 'put', key: this.#pick(keys), value: value(this.#int(1_000)), prev } : { type: 'delete', ...this.#interval(), prev });
    }
    const txn: Txn<Value> = {
      compare: Array.from({ length: this.#int(3) }, () => this.#compare(now)), then: ops,
      ...(this.#int(2) === 0 ? { else: Array.from({ length: this.#int(3) }, () => ({ type: 'get', key: this.#pick(keys) }) as const) } : {}),
      ...(this.#int(4) === 0 ? { guards: [{ key: this.#pick(keys), modRevision: now - BigInt(this.#int(3)) }] } : {}),
    };
    return ({ store, leases }) => store.txn({
      ...txn,
      then: ops.map((op, i) => {
        const lease = leaseOf[i];
        return op.type === 'put' && lease !== undefined ? { ...op, lease: leases[lease] ?? 424_242n } : op;
      }),
    });
  }

  #range(now: Revision, compacted: Revision): Step {
    const options = {
      ...this.#interval(),
      ...(this.#int(2) === 0 ? { revision: this.#revision(now, compacted) } : {}),
      ...(this.#int(2) === 0 ? { limit: this.#int(5) } : {}),
      ...(this.#int(4) === 0 ? { keysOnly: true } : {}),
      ...(this.#int(4) === 0 ? { countOnly: true } : {}),
    };
    return async (side) => {
      const result = await side.store.range(options);
      if (result.next && 'prefix' in options) side.cursor = result.next;
      // etcd 3.7 does not look for leases then.
      return options.keysOnly ? { ...result, items: result.items.map((item) => ({ ...item, lease: undefined })) } : result;
    };
  }

  #page(): Step {
    const prefix = this.#pick(['', 'c/']);
    return async (side) => {
      const { cursor } = side;
      const result = await side.store.range({ prefix, limit: 2, ...(cursor && cursor.start.startsWith(prefix) ? { cursor } : {}) });
      side.cursor = result.next;
      return result;
    };
  }

  #lease(): Step {
    if (this.granted === 0 || this.#int(2) === 0) {
      this.granted++;
      return async (side) => {
        const { id, ttlSeconds } = await side.store.lease.grant(1_000);
        side.leases.push(id);
        return ttlSeconds;
      };
    }
    const which = this.#int(this.granted);
    const revoke = this.#int(2) === 0;
    return ({ store, leases }) => (revoke ? store.lease.revoke(leases[which] ?? 0n) : store.lease.keepAlive(leases[which] ?? 0n));
  }

  /** Everything from some revision on, up to a write made for the purpose. */
  #watch(now: Revision, compacted: Revision): Step {
    const prefix = this.#pick(prefixes);
    // etcd 3.4.23 loses a delete made at the compacted revision to a watch that starts there (S82).
    const after = this.#int(4) === 0 ? compacted - 2n : compacted + BigInt(this.#int(Number(now - compacted) + 1));
    if (after < 1n) return () => Promise.resolve();
    if (after + 1n < compacted) {
      return async ({ open }) => {
        // A handle that has such changes in its ring still gives them; one that has to ask is refused.
        await using store = await open();
        throw await endOf(store.watch({ prefix, after, prev: true }));
      };
    }
    return async ({ store }) => {
      const watch = store.watch({ prefix, after, prev: true });
      const last = await store.txn({ compare: [], then: [{ type: 'put', key: `${prefix}~`, value: value('mark') }] });
      return upTo(watch, last.revision);
    };
  }

  #compact(now: Revision, compacted: Revision): Step {
    const revision = this.#revision(now, compacted);
    return ({ store }) => store.compact(revision);
  }
}

/** What can be compared of an outcome: lease ids are replaced by their order. */
function outcome(error: unknown): unknown {
  const { code, compactRevision, key, expected, actual, applied } = error as Record<string, unknown>;
  return { code, compactRevision, key, expected, actual, applied };
}

async function observe(step: Step, side: Side): Promise<string> {
  let seen: unknown;
  try {
    seen = await step(side);
  } catch (error) {
    seen = outcome(error);
  }
  return JSON.stringify(seen ?? null, (name, part: unknown) => {
    if (name === 'lease' && typeof part === 'bigint') return part === 0n ? '0n' : `lease ${String(side.leases.indexOf(part))}`;
    return typeof part === 'bigint' ? `${String(part)}n` : typeof part === 'object' && part !== null && !Array.isArray(part) ? sorted(part) : part;
  });
}

/** Property order is no part of an answer. */
function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('memory and etcd give equal answers', () => {
  let server: EtcdProcess;
  let real: StoreHandle<Value>;
  const openReal = () => etcd(server.endpoints).open(valueCodec(), systemRuntime());
  beforeAll(async () => {
    server = await etcdForTests();
    real = await openReal();
  });
  afterAll(async () => {
    await real[Symbol.asyncDispose]();
    await server.stop();
  });

  test.each(seeds)('S1-S53 program of seed %i', async (seed) => {
    await real.txn({ compare: [], then: [{ type: 'put', key: 'zero', value: value(0) }] });
    const { revision } = await real.txn({ compare: [], then: [{ type: 'delete', prefix: '' }] });
    await real.compact(revision);
    const reference = memory({ startRevision: revision });
    const openModel = () => reference.open(valueCodec(), systemRuntime());
    const model = await openModel();
    const a: Side = { store: model, leases: [], cursor: undefined, open: openModel };
    const b: Side = { store: real, leases: [], cursor: undefined, open: openReal };
    const whole = [a, b].map(({ store }) => store.watch({ prefix: '', after: revision, prev: true }));
    const program = new Program(seed);

    let compacted = revision;
    for (let i = 0; i < steps; i++) {
      const step = program.next(a.store.seen, compacted);
      const answers = [await observe(step, a), await observe(step, b)];
      expect({ seed, i, answer: answers[1] }).toEqual({ seed, i, answer: answers[0] });
      compacted = await compactedOf(model, compacted);
    }

    const last = (await model.txn({ compare: [], then: [{ type: 'put', key: '~', value: value('end') }] })).revision;
    await real.txn({ compare: [], then: [{ type: 'put', key: '~', value: value('end') }] });
    const traces = await Promise.all(whole.map((watch) => upTo(watch, last)));
    expect(traces[1]?.map((batch) => anonymous(batch))).toEqual(traces[0]?.map((batch) => anonymous(batch)));
    expect(traces[0]?.map((batch) => batch.revision)).toEqual(Array.from({ length: Number(last - revision) }, (_, i) => revision + BigInt(i + 1)));
    await model[Symbol.asyncDispose]();
  });
});

/** Lease ids differ between the stores. */
function anonymous({ revision, events }: StoreBatch<Value>): unknown {
  return { revision, events: events.map((event) => ({ ...event, lease: event.lease !== 0n })) };
}

async function compactedOf(store: StoreHandle<Value>, at: Revision): Promise<Revision> {
  for (let revision = at; ; revision++) {
    const readable = await store.range({ prefix: '', revision, countOnly: true }).then(() => true, () => false);
    if (readable) return revision;
  }
}

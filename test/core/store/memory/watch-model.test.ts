import { describe, expect, test } from '@jest/globals';
import { keyedRandom } from '../../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../../src/core/runtime/runtime.js';
import { virtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../../src/core/store/memory/memory.js';
import type { Revision, StoreHandle } from '../../../../src/core/store/store.js';

interface Plain { readonly n: number }
const prefixes = ['', 'a', 'b', 'ab'];
const keys = ['a1', 'a2', 'ab1', 'b1', 'b2', 'c'];

/** A consumer that stops and starts again at random; its trace is all it was ever given, by revision. */
async function follow(store: StoreHandle<Plain>, prefix: string, random: () => number, trace: Map<Revision, readonly string[]>, ended: () => Revision | undefined): Promise<void> {
  let after = 1n;
  for (;;) {
    for await (const delivery of store.watch({ prefix, after })) {
      const batches = delivery.type === 'batches' ? delivery.batches : [];
      for (const { revision, events } of batches) {
        if (revision <= after) throw new Error(`revision ${String(revision)} came after ${String(after)}`);
        if (trace.has(revision)) throw new Error(`revision ${String(revision)} came twice`);
        trace.set(revision, events.map(({ type, key }) => `${type} ${key}`));
        after = revision;
      }
      if (delivery.type === 'progress') {
        if (delivery.revision <= after) throw new Error('progress went back');
        after = delivery.revision;
      }
      const last = ended();
      if (last !== undefined && after >= last) return;
      if (random() < 0.1) break;
    }
    while (random() < 0.5) await Promise.resolve();
  }
}

describe('watches of memory', () => {
  test.each([1, 2, 3])('S28 S29 S33 S43 every consumer has every change once, in order, over reconnects; seed %i', async (seed) => {
    const random = keyedRandom(seed);
    const store = await memory().open<Plain>({ encode: () => new Uint8Array(1), decode: () => ({ n: 0 }), stamp: (v) => v }, systemRuntime({ clock: virtualClock(), random }));
    const log = new Map<Revision, readonly string[]>();
    const end: { revision?: Revision } = {};
    const readers = prefixes.flatMap((prefix) => [0, 1].map((i) => {
      const trace = new Map<Revision, readonly string[]>();
      return { prefix, trace, done: follow(store, prefix, () => random.next(`reader-${prefix}-${String(i)}`), trace, () => end.revision) };
    }));

    for (let i = 0; i < 3_000; i++) {
      const then = [...new Set([0, 1, 2].map(() => keys[Math.floor(random.next('key') * keys.length)] as string))].map((key) => (random.next('op') < 0.7
        ? ({ type: 'put', key, value: Object.freeze({ n: i }) } as const) : ({ type: 'delete', key } as const)));
      const { revision, results } = await store.txn({ compare: [], then });
      const changed = then.filter((op, j) => { const result = results[j]; return result?.type === 'put' || (result?.type === 'delete' && result.deleted > 0); });
      if (changed.length > 0) log.set(revision, changed.map(({ type, key }) => `${type} ${key}`));
      while (random.next('turn') < 0.3) await Promise.resolve();
    }
    const last = (end.revision = store.seen + 1n);
    await store.txn({ compare: [], then: [{ type: 'put', key: 'c', value: Object.freeze({ n: -1 }) }] });
    log.set(last, ['put c']);
    await Promise.all(readers.map(({ done }) => done));

    for (const { prefix, trace } of readers) {
      const below = [...log].map(([revision, events]) => [revision, events.filter((event) => event.slice(event.indexOf(' ') + 1).startsWith(prefix))] as const).filter(([, events]) => events.length > 0);
      const line = ([revision, events]: readonly [Revision, readonly string[]]) => `${String(revision)} ${events.join(', ')}`;
      const [got, expected] = [[...trace].map(line), below.map(line)];
      const first = expected.findIndex((each, i) => got[i] !== each);
      // The first difference only: a comparison of thousands of lines tells nobody anything.
      expect({ prefix, first, got: got[first], length: got.length }).toEqual({ prefix, first: -1, got: undefined, length: expected.length });
    }
    await store[Symbol.asyncDispose]();
  });
});

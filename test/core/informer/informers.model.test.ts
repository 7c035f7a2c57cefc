import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Batch } from '../../../src/core/client/delta.js';
import type { Informer } from '../../../src/core/informer/informer.js';
import { informers } from '../../../src/core/informer/informers.js';
import type { Key } from '../../../src/core/resource/object.js';
import { compareVersions } from '../../../src/core/resource/resource-version.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock, type VirtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { refusal, scriptedApi, Thing } from './scripted-api.js';

type Move =
  /** `unseen`: deleted and created while no stream runs, and forgotten by the server's history. */
  | { readonly do: 'put' | 'remove' | 'recreate' | 'unseen'; readonly name: string }
  | { readonly do: 'drop' | 'reset' | 'compact' | 'hold' | 'release' | 'subscribe' | 'subscribeSlow' }
  | { readonly do: 'fail'; readonly verb: 'list' | 'watch'; readonly code: number }
  | { readonly do: 'wait'; readonly ms: number };

const name = fc.constantFrom('a', 'b', 'c', 'd');
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'remove' as const, 'recreate' as const, 'unseen' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'reset' as const, 'compact' as const, 'hold' as const, 'release' as const, 'subscribe' as const, 'subscribeSlow' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fail' as const), verb: fc.constantFrom('list' as const, 'watch' as const), code: fc.constantFrom(403, 410, 422, 429, 500, 503) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 90_000 }) }) },
);

/** What a subscriber knows from batches alone, checked delta by delta. */
function follower(informer: Informer<Thing>, slow: VirtualClock | undefined) {
  const known = new Map<Key, Thing>();
  const problems: string[] = [];
  let began = false;
  const take = (batch: Batch<Thing>) => {
    if (batch.initial === began) problems.push(`initial: ${String(batch.initial)} after ${String(began)}`);
    began = true;
    for (const delta of batch.deltas) {
      const before = known.get(delta.key);
      if (delta.type === 'added' && before) problems.push(`added ${delta.key} twice`);
      if (delta.type === 'updated' && delta.old !== before) problems.push(`updated ${delta.key} with another old than was given`);
      if (delta.type === 'updated' && delta.old.metadata.uid !== delta.new.metadata.uid) problems.push(`updated ${delta.key} across two uids`);
      if (delta.type === 'updated' && (compareVersions(delta.new.metadata.resourceVersion, delta.old.metadata.resourceVersion) ?? 0) <= 0) problems.push(`updated ${delta.key} backwards`);
      if (delta.type === 'deleted' && before?.metadata.uid !== delta.old.metadata.uid) problems.push(`deleted ${delta.key} that was not there`);
      if (delta.type === 'deleted') known.delete(delta.key);
      else known.set(delta.key, delta.new);
    }
    // A fast subscriber reads a cache as new as its batch (I22).
    if (!slow && JSON.stringify(byName(known.values())) !== JSON.stringify(byName(informer.cache.list()))) problems.push('the cache differs from the batches');
    return slow ? new Promise<void>((resolve) => { slow.setTimer(slow.now() + 20_000, resolve); }) : undefined;
  };
  informer.subscribe(take);
  return { known, problems };
}

function byName(objects: Iterable<Thing>): readonly Thing[] {
  return [...objects].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

async function play(moves: readonly Move[], pageSize: number, streaming: 'auto' | 'never'): Promise<void> {
  const clock = virtualClock();
  const api = scriptedApi();
  const set = informers(api, { clock, random: keyedRandom(moves.length), log: silent });
  const informer = set.for(Thing, { pageSize, streaming, indexers: { byN: (o) => [String(o.spec.n % 2)] } });
  const followers = [follower(informer, undefined), follower(informer, clock)];
  const seen: string[] = [];
  informer.status$.subscribe((status) => { seen.push(status.seen); });
  let n = 0;

  for (const m of moves) {
    switch (m.do) {
      case 'put': api.put(m.name, { n: n++ }); break;
      case 'remove': if (api.state.has(`default/${m.name}` as Key)) api.remove(m.name); break;
      case 'recreate': if (api.state.has(`default/${m.name}` as Key)) { api.remove(m.name); api.put(m.name, { n: n++ }); } break;
      case 'unseen':
        api.drop();
        if (api.state.has(`default/${m.name}` as Key)) api.remove(m.name);
        api.put(m.name, { n: n++ });
        api.compact();
        break;
      case 'drop': api.drop(); break;
      case 'reset': api.drop(new Error('connection reset')); break;
      case 'compact': api.compact(); break;
      case 'hold': api.hold(); break;
      case 'release': api.release(); break;
      case 'subscribe': followers.push(follower(informer, undefined)); break;
      case 'subscribeSlow': followers.push(follower(informer, clock)); break;
      case 'fail': api.failNext(m.verb, refusal(m.code, 'Reason')); break;
      case 'wait': await clock.advance(m.ms); break;
    }
    if (n % 3 === 0) await clock.quiet();
  }
  // Faults stop, time passes.
  api.release();
  await clock.advance(1_200_000);

  expect(followers.flatMap((f) => f.problems)).toEqual([]);
  expect(byName(informer.cache.list())).toEqual(byName(api.state.values()));
  for (const f of followers) expect(byName(f.known.values())).toEqual(byName(informer.cache.list()));
  for (const value of informer.cache.indexValues('byN')) expect(byName(informer.cache.byIndex('byN', value))).toEqual(byName(informer.cache.list().filter((o) => String(o.spec.n % 2) === value)));
  expect(informer.cache.indexValues('byN').flatMap((value) => informer.cache.byIndex('byN', value))).toHaveLength(informer.cache.size);
  const numbers = seen.map(Number);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  await set[Symbol.asyncDispose]();
  await clock.advance(30_000);
  expect([clock.pending, api.streams.size]).toEqual([0, 0]);
}

describe('informers against a server with faults', () => {
  test('I7 I15 I18 I19 I30 I31 I33 I44 after faults stop, cache and all subscribers equal the server; seen never fell', async () => {
    await fc.assert(fc.asyncProperty(fc.array(move, { maxLength: 40 }), fc.constantFrom(1, 2, 500), fc.constantFrom('auto' as const, 'never' as const), play), { numRuns: 150 });
  });
});

import { describe, expect, test } from '@jest/globals';
import { isReason } from '../../../src/core/api/api-error.js';
import { objectCodec } from '../../../src/core/api/codec.js';
import { createApi } from '../../../src/core/api/local-api.js';
import { createClient } from '../../../src/core/client/direct-client.js';
import { elector } from '../../../src/core/election/elector.js';
import { Lease } from '../../../src/core/resource/lease.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import { ConfigMap } from '../../../src/kinds/index.js';

/** Two electors over the api in process, and clients whose writes carry a term. */
async function cluster() {
  const clock = virtualClock();
  const runtime = { clock, random: keyedRandom(1), log: silent };
  const store = await memory().open(objectCodec(), runtime);
  const api = createApi({ store, runtime });
  const direct = createClient({ api, fieldManager: 'test' });
  const replica = (identity: string) => {
    const e = elector(direct, { name: 'web', identity }, runtime);
    void e.lead((term) => new Promise((resolve) => { term.signal.addEventListener('abort', () => { resolve(); }); }));
    return e;
  };
  const under = (term: { epoch: number | undefined; lease: string | undefined } | undefined) =>
    createClient({ api, fieldManager: 'test', fence: () => ({ lease: term?.lease as never, epoch: term?.epoch as never }) });
  return { clock, direct, replica, under };
}

const map = (name: string) => ({ metadata: { name, namespace: 'default' }, data: {} });

describe('terms and the fence, over the api', () => {
  test('L18–L22 a write under the current term commits, one under an older term is refused as Fenced; renewals move nothing', async () => {
    const { clock, replica, under } = await cluster();
    const a = replica('a');
    await clock.advance(10);
    const b = replica('b');
    await clock.advance(30_000);
    const old = a.current;

    await under(old).create(ConfigMap, map('first'));
    void a.resign();
    await clock.advance(200);
    const late = await under(old).create(ConfigMap, map('late')).catch((error: unknown) => error);
    await under(b.current).create(ConfigMap, map('second'));

    expect(isReason(late, 'Fenced')).toBe(true);
    expect(b.current?.epoch).toBeGreaterThan(old?.epoch ?? Infinity);
    void b.resign();
    await clock.advance(100);
  });

  test('L1 L20 a label on the lease ends no term; another holder by hand does, and fences it', async () => {
    const { clock, direct, replica, under } = await cluster();
    const a = replica('a');
    await clock.advance(5_000);
    const term = a.current;
    const lease = { name: 'web', namespace: 'kube-system' };

    await direct.patch(Lease, lease, { metadata: { labels: { team: 'x' } } });
    await clock.advance(5_000);
    expect([a.current === term, term?.valid]).toEqual([true, true]);
    await under(term).create(ConfigMap, map('labelled'));
    await direct.patch(Lease, lease, { spec: { holderIdentity: 'by-hand' } });
    await clock.advance(10);

    expect([a.current, term?.signal.aborted]).toEqual([undefined, true]);
    const late = await under(term).create(ConfigMap, map('late')).catch((error: unknown) => error);
    expect(isReason(late, 'Fenced')).toBe(true);
    void a.resign();
    await clock.advance(100);
  });

  test('L11 L18 a deleted lease ends the term; the next one has a greater epoch', async () => {
    const { clock, direct, replica } = await cluster();
    const a = replica('a');
    await clock.advance(5_000);
    const { epoch } = a.current ?? {};

    await direct.delete(Lease, { name: 'web', namespace: 'kube-system' });
    await clock.advance(20_000);

    expect(a.current?.epoch).toBeGreaterThan(epoch ?? Infinity);
    void a.resign();
    await clock.advance(100);
  });
});

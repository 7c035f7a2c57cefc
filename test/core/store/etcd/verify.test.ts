import { expect, test } from '@jest/globals';
import { systemRuntime } from '../../../../src/core/runtime/runtime.js';
import { virtualClock, type VirtualClock } from '../../../../src/core/runtime/virtual-clock.js';
import { FutureRevision } from '../../../../src/core/store/errors.js';
import type { Calls } from '../../../../src/core/store/etcd/calls.js';
import type { Endpoint } from '../../../../src/core/store/etcd/endpoints.js';
import { verifyMembers } from '../../../../src/core/store/etcd/verify.js';
import { verifyStore } from '../../../../src/core/store/verify-store.js';
import { memory } from '../../../../src/core/store/memory/memory.js';

interface Answer {
  readonly hash: number;
  readonly compactRevision: bigint;
}

/** Members named by letters; what each answers in the n-th round. */
function cluster(answers: Readonly<Record<string, readonly (Answer | Error)[]>>) {
  const clock = virtualClock();
  const rounds = new Map<string, number>();
  const ask = ({ url }: Endpoint) => {
    const [round, its] = [rounds.get(url) ?? 0, answers[url] ?? []];
    rounds.set(url, round + 1);
    const answer = its[Math.min(round, its.length - 1)];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  let revision = 10n;
  const verify = (signal?: AbortSignal) => verifyMembers(
    { ask: ask as unknown as Calls['ask'] }, Object.keys(answers).map((url) => ({ url }) as Endpoint), systemRuntime({ clock }), () => Promise.resolve(++revision), signal,
  );
  return { verify, clock };
}

/** Lets time pass until it has settled. */
async function settled<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let done = false;
  const mark = () => { done = true; };
  promise.then(mark, mark);
  await clock.quiet();
  while (!done && await clock.step());
  return promise;
}

const at5 = (hash: number): Answer => ({ hash, compactRevision: 5n });

test('S87 equal hashes are ok, another is not', async () => {
  expect(await cluster({ a: [at5(1)], b: [at5(1)], c: [at5(1)] }).verify()).toEqual({
    ok: true, revision: 11n, members: ['a', 'b', 'c'].map((endpoint) => ({ endpoint, hash: 1, compactRevision: 5n })),
  });
  expect(await cluster({ a: [at5(1)], b: [at5(2)], c: [at5(1)] }).verify()).toMatchObject({ ok: false, members: [{ hash: 1 }, { hash: 2 }, { hash: 1 }] });
});

test('S87 differing compactions and members that are behind are asked again, at a newer revision', async () => {
  const { verify, clock } = cluster({
    a: [at5(1), { hash: 7, compactRevision: 9n }],
    b: [{ hash: 2, compactRevision: 9n }, new FutureRevision(), { hash: 7, compactRevision: 9n }],
  });
  expect(await settled(clock, verify())).toMatchObject({ ok: true, revision: 13n });
});

test('S87 compactions that always differ are no corruption', async () => {
  const { verify, clock } = cluster({ a: [at5(1)], b: [{ hash: 2, compactRevision: 9n }] });
  await expect(settled(clock, verify())).rejects.toMatchObject({ code: 'Unavailable' });
});

test('S87 ends when it is aborted', async () => {
  const { verify, clock } = cluster({ a: [at5(1)], b: [{ hash: 2, compactRevision: 9n }] });
  const abort = new AbortController();
  const verified = verify(abort.signal);
  await clock.quiet();
  abort.abort();
  await expect(verified).rejects.toMatchObject({ code: 'Aborted' });
});

test('S87 a store of one copy has nothing to compare', async () => {
  await expect(verifyStore(memory())).rejects.toMatchObject({ code: 'NoMembers' });
});

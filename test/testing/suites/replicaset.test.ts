import { describe, expect, test } from '@jest/globals';
import { controller } from '../../../src/core/index.js';
import { Pod, ReplicaSet } from '../../../src/kinds/index.js';
import { faults } from '../../../src/testing/faults.js';
import { simulate } from '../../../src/testing/simulate.js';
import { replicaSetSuite } from '../../../src/testing/suites/replicaset.js';

/** Counts the pods that it made instead of those that are there: a crash or a lost answer makes it count wrong. */
function countsInMemory() {
  const made = new Map<string, number>();
  return controller(ReplicaSet, { name: 'counts-in-memory' }).owns(Pod).reconcile(async ({ object, spec, create, owned, delete: remove }) => {
    const { uid } = object.metadata;
    const wanted = spec.replicas ?? 1;
    while ((made.get(uid) ?? 0) < wanted) {
      await create(Pod, { metadata: { generateName: `${object.metadata.name}-`, labels: spec.template?.metadata?.labels }, spec: spec.template?.spec ?? { containers: [] } });
      made.set(uid, (made.get(uid) ?? 0) + 1);
    }
    for (const pod of (await owned(Pod)).slice(0, (made.get(uid) ?? 0) - wanted)) {
      await remove(Pod, pod);
      made.set(uid, (made.get(uid) ?? 0) - 1);
    }
    return { status: { replicas: wanted } };
  });
}

describe('suite replicaset', () => {
  test('C32 C33 the built-in controller keeps its numbers under all faults', async () => {
    const report = await simulate({ ...replicaSetSuite(), seeds: 40 });

    expect(report).toMatchObject({ seeds: 40, passed: 40, failures: [] });
  });

  test('M47 M51 M66 one that counts in memory is found, by one fault, and replays from its token', async () => {
    const options = { ...replicaSetSuite(), processes: { replicaset: { start: () => [countsInMemory()] } }, faults: faults.only('crash', 'lost.applied', 'user.deleteChild'), report: 'return' as const };
    const found = (await simulate({ ...options, seeds: 10 })).failures[0];
    expect(found).toMatchObject({ oracle: 'O1', name: 'converged' });
    expect(found?.faults.length).toBe(1);

    const again = (await simulate({ ...options, replay: found?.replay ?? '' })).failures[0];

    expect(again).toMatchObject({ seed: found?.seed, oracle: 'O1', revision: found?.revision, time: found?.time, cause: found?.cause, replay: found?.replay });
  });
});

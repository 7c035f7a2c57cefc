import { describe, expect, test } from '@jest/globals';
import { replicaSetStatus } from '../../../src/controllers/replicaset/status.js';
import { pod, replicaSet } from '../objects.js';

const now = { ms: 1_000_000, text: '1970-01-01T00:16:40Z' };

describe('the status of a ReplicaSet', () => {
  test('C38 counts its pods', () => {
    const pods = [
      pod({ uid: 'a', ready: 0 }), pod({ uid: 'b', ready: false }), pod({ uid: 'c', labels: {} }),
      pod({ uid: 'd', deleting: true, ready: 0 }), pod({ uid: 'e', phase: 'Failed' }), pod({ uid: 'f', phase: 'Failed', deleting: true }),
    ];
    expect(replicaSetStatus(replicaSet(3), pods, undefined, now).status).toEqual({
      replicas: 3, fullyLabeledReplicas: 2, readyReplicas: 1, availableReplicas: 1, terminatingReplicas: 1, observedGeneration: 1,
    });
  });

  test('C39 a Ready pod is available after minReadySeconds, to the instant', () => {
    const set = replicaSet(2, { minReadySeconds: 10 });
    const pods = [pod({ uid: 'a', ready: now.ms - 10_000 }), pod({ uid: 'b', ready: now.ms - 4_000 })];

    const { status, nextChangeAtMs } = replicaSetStatus(set, pods, undefined, now);

    expect([status.availableReplicas, nextChangeAtMs]).toEqual([1, now.ms + 6_000]);
  });

  test('C5 observedGeneration never goes back', () => {
    expect(replicaSetStatus(replicaSet(0, { generation: 2, status: { replicas: 0, observedGeneration: 3 } }), [], undefined, now).status.observedGeneration).toBe(3);
  });

  test('C38 C6 ReplicaFailure comes with a failure, keeps its time and goes with success', () => {
    const failure = { reason: 'FailedCreate', message: 'quota' } as const;
    const failed = replicaSetStatus(replicaSet(1), [], failure, now).status;
    expect(failed.conditions).toEqual([{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota', lastTransitionTime: now.text }]);

    const again = replicaSetStatus(replicaSet(1, { status: failed }), [], failure, { ms: 0, text: 'later' }).status;
    expect(again.conditions).toEqual(failed.conditions);

    expect(replicaSetStatus(replicaSet(1, { status: again }), [], undefined, now).status.conditions).toBeUndefined();
  });

  test('C4 the same pods give the same status', () => {
    const first = replicaSetStatus(replicaSet(1), [pod({ ready: 0 })], undefined, now).status;
    expect(replicaSetStatus(replicaSet(1, { status: first }), [pod({ ready: 0 })], undefined, now).status).toEqual(first);
  });
});

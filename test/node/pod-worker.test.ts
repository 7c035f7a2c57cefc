import { describe, expect, test } from '@jest/globals';
import { equal, timestamp } from '../../src/core/index.js';
import { podStatus, saysSame } from '../../src/node/pod-status.js';
import { podWorker, restartDelays, step, type ContainerRecord, type PodWorker } from '../../src/node/pod-worker.js';
import type { Pod } from '../../src/kinds/index.js';
import { pod } from '../controllers/objects.js';

const facts = { runtime: 'test', hostIP: '10.0.0.1', podIP: '10.1.0.2' };
const wanted = (spec: Partial<Pod['spec']> = {}, more: Parameters<typeof pod>[0] = {}) => pod({ node: 'n1', phase: 'Pending', spec, ...more });
/** What `step` asks for, in short. */
const asked = (worker: PodWorker, nowMs = 0) => step(worker, nowMs).actions.map((action) => ('container' in action ? `${action.type} ${action.container.name}` : action.type));
const record = (worker: PodWorker, name: string): ContainerRecord => {
  const found = [...worker.main, ...worker.init].find((container) => container.name === name);
  if (!found) throw new Error(`no container ${name}`);
  return found;
};
const runs = (worker: PodWorker, name: string, o: { startedAtMs?: number; isReady?: boolean } = {}) => { record(worker, name).view = { state: 'running', startedAtMs: o.startedAtMs ?? 0, isReady: o.isReady ?? true, isStopping: false }; };
const exits = (worker: PodWorker, name: string, exitCode: number, finishedAtMs = 0, startedAtMs = 0) => { record(worker, name).view = { state: 'exited', startedAtMs, finishedAtMs, exitCode }; };
/** With its sandbox up. */
function begun(made: Pod): PodWorker {
  const worker = podWorker(made);
  step(worker, 0);
  worker.sandbox = 'ready';
  return worker;
}
const condition = (worker: PodWorker, type: string) => podStatus(worker, facts, 0).conditions?.find((one) => one.type === type)?.status;

describe('the order of things', () => {
  test('N9 sandbox first, then the containers together', () => {
    const worker = podWorker(wanted({ containers: [{ name: 'a', image: 'a' }, { name: 'b', image: 'b' }] }));
    expect(asked(worker)).toEqual(['startSandbox']);
    expect(asked(worker)).toEqual([]);
    worker.sandbox = 'ready';
    expect(asked(worker)).toEqual(['start a', 'start b']);
    expect(asked(worker)).toEqual([]);
  });

  test('N9 init containers one after another before that', () => {
    const worker = begun(wanted({ initContainers: [{ name: 'i', image: 'i' }, { name: 'j', image: 'j' }] }));
    expect(asked(worker)).toEqual(['start i']);
    exits(worker, 'i', 0);
    expect(asked(worker)).toEqual(['start j']);
    expect(condition(worker, 'Initialized')).toBe('False');
    exits(worker, 'j', 0);
    expect(asked(worker)).toEqual(['start main']);
    expect(condition(worker, 'Initialized')).toBe('True');
  });

  test('N10 a sidecar only has to run', () => {
    const worker = begun(wanted({ initContainers: [{ name: 's', image: 's', restartPolicy: 'Always' }] }));
    expect(asked(worker)).toEqual(['start s']);
    runs(worker, 's');
    expect(asked(worker)).toEqual(['start main']);
  });

  test('N9 a failed init container fails a pod that never restarts', () => {
    const worker = begun(wanted({ initContainers: [{ name: 'i', image: 'i' }], restartPolicy: 'Never' }));
    step(worker, 0);
    exits(worker, 'i', 3);
    expect(asked(worker)).toEqual(['removeSandbox']);
    expect(podStatus(worker, facts, 0)).toMatchObject({ phase: 'Failed', reason: 'InitContainerFailed' });
  });
});

describe('restarts', () => {
  test.each([['Always', 0, true], ['Always', 1, true], ['OnFailure', 0, false], ['OnFailure', 1, true], ['Never', 1, false]] as const)('N11 %s after exit code %i: %s', (restartPolicy, code, again) => {
    const worker = begun(wanted({ restartPolicy }));
    step(worker, 0);
    exits(worker, 'main', code);
    expect(asked(worker)).toEqual(again ? ['start main'] : []);
  });

  test('N12 the first at once, then 10 s × 2 up to 300 s, counted from the exit', () => {
    const worker = begun(wanted());
    step(worker, 0);
    const waits: number[] = [];
    for (let i = 0, now = 0; i < 8; i++) {
      exits(worker, 'main', 1, now, now);
      const { wakeAtMs } = step(worker, now);
      waits.push((wakeAtMs ?? now) - now);
      now = wakeAtMs ?? now;
      step(worker, now);
    }
    expect(waits).toEqual([0, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
    expect(podStatus(worker, facts, 0).containerStatuses?.[0]).toMatchObject({ restartCount: 8, lastState: { terminated: { exitCode: 1 } } });
  });

  test('N12 a container that ran for ten minutes starts from the beginning', () => {
    const worker = begun(wanted());
    step(worker, 0);
    exits(worker, 'main', 1, 0, 0);
    step(worker, 0);
    exits(worker, 'main', 1, restartDelays.forgivenAfterMs, 0);
    expect(asked(worker, restartDelays.forgivenAfterMs)).toEqual(['start main']);
  });

  test('N12 while it waits its state says so', () => {
    const worker = begun(wanted());
    step(worker, 0);
    exits(worker, 'main', 1);
    step(worker, 0);
    exits(worker, 'main', 1);
    step(worker, 0);
    expect(podStatus(worker, facts, 0).containerStatuses?.[0]?.state).toEqual({ waiting: { reason: 'CrashLoopBackOff' } });
  });
});

describe('the end', () => {
  const deleting = (atMs: number) => {
    const made = wanted();
    return { ...made, metadata: { ...made.metadata, deletionTimestamp: timestamp(atMs) } };
  };

  test('N20 containers are stopped within what is left of the grace, then all goes', () => {
    const worker = begun(wanted());
    step(worker, 0);
    runs(worker, 'main');
    worker.pod = deleting(30_000);

    expect(step(worker, 10_000).actions).toEqual([{ type: 'stop', container: record(worker, 'main'), graceMs: 20_000 }]);
    expect(asked(worker, 11_000)).toEqual([]);
    exits(worker, 'main', 0, 12_000);
    expect(asked(worker, 12_000)).toEqual(['removeSandbox', 'finish']);
  });

  test('N20 a pod that never ran ends at once', () => {
    expect(asked(podWorker(deleting(30_000)))).toEqual(['finish']);
  });
});

describe('what it says', () => {
  test.each<[string, (worker: PodWorker) => void, string, string, string]>([
    ['nothing runs yet', () => undefined, 'Pending', 'False', 'False'],
    ['it runs, not ready', (worker) => { runs(worker, 'main', { isReady: false }); }, 'Running', 'False', 'False'],
    ['it runs and is ready', (worker) => { runs(worker, 'main'); }, 'Running', 'True', 'True'],
    ['it ended and will not run again', (worker) => { exits(worker, 'main', 0); }, 'Succeeded', 'False', 'False'],
    ['it failed and will not run again', (worker) => { exits(worker, 'main', 2); }, 'Failed', 'False', 'False'],
  ])('N14 N15 %s', (_what, observe, phase, containersReady, ready) => {
    const worker = begun(wanted({ restartPolicy: 'Never' }));
    observe(worker);
    expect([podStatus(worker, facts, 0).phase, condition(worker, 'ContainersReady'), condition(worker, 'Ready')]).toEqual([phase, containersReady, ready]);
  });

  test('N15 a readiness gate holds Ready back', () => {
    const worker = begun(wanted({ readinessGates: [{ conditionType: 'example.com/gate' }] }));
    runs(worker, 'main');
    expect([condition(worker, 'ContainersReady'), condition(worker, 'Ready')]).toEqual(['True', 'False']);
  });

  test('N15 conditions of others are kept, in their order after ours', () => {
    const worker = begun(wanted({}, { status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True' }, { type: 'DisruptionTarget', status: 'True' }] } }));
    expect(podStatus(worker, facts, 0).conditions?.map(({ type }) => type)).toEqual(['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled', 'DisruptionTarget']);
  });

  test('N6 an ended pod never runs again, whatever is observed', () => {
    const worker = begun(wanted({}, { status: { phase: 'Succeeded' } }));
    runs(worker, 'main');
    expect(podStatus(worker, facts, 0).phase).toBe('Succeeded');
  });

  test('N6 a status that says nothing new is not written', () => {
    const worker = begun(wanted());
    runs(worker, 'main');
    const said = podStatus(worker, facts, 0);
    const known: Pod = { ...worker.pod, status: said };
    worker.pod = known;
    expect(saysSame(known, podStatus(worker, facts, 60_000), equal)).toBe(true);
  });
});

import { describe, expect, test } from '@jest/globals';
import { ApiError, failure } from '../../../src/core/api/api-error.js';
import type { AdmissionAnswer, AdmissionPlugin, AdmissionRequest, MutableObject, PlugContext } from '../../../src/core/api/plugs.js';
import type { KubeObject } from '../../../src/core/resource/object.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { Node, Pod, PriorityClass } from '../../../src/kinds/index.js';
import { defaultTolerationSeconds } from '../../../src/kinds/plugs/default-toleration-seconds.js';
import { taintNewNodes } from '../../../src/kinds/plugs/node.js';
import { podPriority } from '../../../src/kinds/plugs/pod-priority.js';
import { priorityClassStrategy } from '../../../src/kinds/plugs/priority-class.js';

/** A world with these priority classes and nothing else. */
function context(classes: readonly object[] = []): PlugContext {
  const items = classes as readonly PriorityClass[];
  return {
    clock: virtualClock(), random: keyedRandom(1),
    api: {
      get: (_kind, { name }) => {
        const found = items.find((item) => item.metadata.name === name);
        return found ? Promise.resolve(found) : Promise.reject(new ApiError(failure(404, 'NotFound', 'not found')));
      },
      list: () => Promise.resolve({ items, resourceVersion: '1' as never }),
    },
  };
}
async function admit(plugin: AdmissionPlugin, operation: AdmissionRequest['operation'], spec: object, o: { old?: object; context?: PlugContext } = {}): Promise<{ answer: AdmissionAnswer; spec: Record<string, unknown> }> {
  const object: MutableObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { ...spec } };
  const answer = await plugin.admit({
    operation, kind: Pod, subresource: undefined, namespace: 'default', name: 'a', object,
    oldObject: o.old as KubeObject | undefined, dryRun: false,
  }, o.context ?? context());
  return { answer, spec: object['spec'] as Record<string, unknown> };
}
const fiveMinutes = (key: string) => ({ key: `node.kubernetes.io/${key}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 });

describe('DefaultTolerationSeconds', () => {
  test.each<[string, readonly object[], readonly object[]]>([
    ['none', [], [fiveMinutes('not-ready'), fiveMinutes('unreachable')]],
    ['its own for one key', [{ ...fiveMinutes('not-ready'), tolerationSeconds: 1 }], [{ ...fiveMinutes('not-ready'), tolerationSeconds: 1 }, fiveMinutes('unreachable')]],
    ['one for every key and effect', [{ operator: 'Exists' }], [{ operator: 'Exists' }]],
    ['one for another effect', [{ operator: 'Exists', effect: 'NoSchedule' }], [{ operator: 'Exists', effect: 'NoSchedule' }, fiveMinutes('not-ready'), fiveMinutes('unreachable')]],
  ])('C27 a pod with %s', async (_what, given, expected) => {
    expect((await admit(defaultTolerationSeconds, 'CREATE', { tolerations: given })).spec['tolerations']).toEqual(expected);
  });
});

describe('Priority', () => {
  const gold = { metadata: { name: 'gold' }, value: 100, preemptionPolicy: 'Never' };
  const usual = { metadata: { name: 'usual' }, value: 7, globalDefault: true };

  test.each<[string, object, object]>([
    ['by name', { priorityClassName: 'gold' }, { priorityClassName: 'gold', priority: 100, preemptionPolicy: 'Never' }],
    ['by the default class', {}, { priorityClassName: 'usual', priority: 7, preemptionPolicy: 'PreemptLowerPriority' }],
    ['by a class of the system', { priorityClassName: 'system-node-critical' }, { priority: 2_000_001_000 }],
    ['the same number given', { priorityClassName: 'gold', priority: 100 }, { priority: 100 }],
  ])('A101 resolves %s', async (_what, spec, expected) => {
    const { answer, spec: resolved } = await admit(podPriority, 'CREATE', spec, { context: context([gold, usual]) });

    expect(answer).toBeUndefined();
    expect(resolved).toMatchObject(expected);
  });

  test('A101 no class at all is 0', async () => {
    expect((await admit(podPriority, 'CREATE', {})).spec).toEqual({ priority: 0, preemptionPolicy: 'PreemptLowerPriority' });
  });

  test.each<[string, object, string]>([
    ['an unknown class', { priorityClassName: 'none' }, 'no PriorityClass with name none was found'],
    ['another number', { priorityClassName: 'gold', priority: 1 }, 'the integer value of priority (1) must not be provided in pod spec; priority admission controller computed 100 from the given PriorityClass name'],
  ])('A101 refuses %s', async (_what, spec, deny) => {
    expect((await admit(podPriority, 'CREATE', spec, { context: context([gold]) })).answer).toEqual({ deny });
  });

  test('A101 an update that leaves the priority out keeps it', async () => {
    expect((await admit(podPriority, 'UPDATE', {}, { old: { spec: { priority: 5, preemptionPolicy: 'Never' } } })).spec).toEqual({ priority: 5, preemptionPolicy: 'Never' });
  });

  test.each<[string, string, number, string | undefined]>([
    ['a user value', 'gold', 1_000_000_000, undefined],
    ['one too high', 'gold', 1_000_000_001, 'Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ['a reserved name', 'system-mine', 1, "Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class"],
  ])('A101 a class with %s', (_what, name, value, message) => {
    const causes = priorityClassStrategy.validate?.({ apiVersion: PriorityClass.apiVersion, kind: 'PriorityClass', metadata: { name }, value } as unknown as KubeObject);
    expect(causes?.map((cause) => cause.message)).toEqual(message === undefined ? [] : [message]);
  });
});

describe('TaintNodesByCondition', () => {
  test('C13 a new node is not ready until it says so', async () => {
    const { spec } = await admit(taintNewNodes, 'CREATE', {});
    expect(spec['taints']).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }]);
  });

  test('C13 only creates of nodes themselves are touched', () => {
    const request = { operation: 'UPDATE', kind: Node, subresource: undefined, namespace: undefined, name: 'n', object: undefined, oldObject: undefined, dryRun: false } as const;
    expect([taintNewNodes.handles?.(request), taintNewNodes.handles?.({ ...request, operation: 'CREATE' }), taintNewNodes.handles?.({ ...request, operation: 'CREATE', subresource: 'status' })]).toEqual([false, true, false]);
  });
});

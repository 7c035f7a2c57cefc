import { describe, expect, test } from '@jest/globals';
import type { Written } from '../../../src/core/api/api.js';
import type { ChangePreconditions, MutableObject, SubresourceRequest } from '../../../src/core/api/plugs.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { Pod } from '../../../src/kinds/index.js';
import { binding } from '../../../src/kinds/plugs/binding.js';

const notUsed = (): never => { throw new Error('binding does not read'); };

let asked: ChangePreconditions | undefined;

/** Runs the handler on one pod; answers the pod as it would be stored. */
async function bind(pod: object, body: object): Promise<MutableObject> {
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default', uid: 'u1', resourceVersion: '5' }, spec: {}, ...pod } as MutableObject;
  const request: SubresourceRequest = {
    kind: Pod, namespace: 'default', name: 'a', body, params: {}, clock: virtualClock({ wallStart: 0 }), random: keyedRandom(1),
    api: { get: notUsed, list: notUsed }, full: {} as never,
    change: (next, preconditions) => { asked = preconditions; next(object); return Promise.resolve({} as Written); },
  };
  await binding.create?.(request);
  return object;
}
const to = (name: string, metadata: object = {}) => ({ metadata: { name: 'a', ...metadata }, target: { kind: 'Node', name } });

describe('pods/binding', () => {
  test('A67 sets the node and PodScheduled in one write and merges annotations', async () => {
    const pod = await bind({ metadata: { name: 'a', annotations: { kept: '1' } }, status: { phase: 'Pending', nominatedNodeName: 'n2' } }, to('n1', { annotations: { added: '2' } }));

    expect(pod['spec']).toEqual({ nodeName: 'n1' });
    expect(pod.metadata['annotations']).toEqual({ kept: '1', added: '2' });
    expect(pod['status']).toEqual({ phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: '1970-01-01T00:00:00Z' }] });
  });

  test('A67 asks for the uid and the version that the binding names', async () => {
    await bind({}, to('n1', { uid: 'u1', resourceVersion: '5' }));
    expect(asked).toEqual({ uid: 'u1', resourceVersion: '5', toldBy: 'store' });
  });

  test.each<[string, object, object, number, string]>([
    ['bound already, even to the same node', { spec: { nodeName: 'n1' } }, to('n1'), 409, 'Operation cannot be fulfilled on pods/binding "a": pod a is already assigned to node "n1"'],
    ['terminating', { metadata: { name: 'a', deletionTimestamp: 'x' } }, to('n1'), 409, 'Operation cannot be fulfilled on pods/binding "a": pod a is being deleted, cannot be assigned to a host'],
    ['gated', { spec: { schedulingGates: [{ name: 'g' }] } }, to('n1'), 409, 'Operation cannot be fulfilled on pods/binding "a": pod a has non-empty .spec.schedulingGates'],
    ['no node', {}, { target: { kind: 'Pod', name: 'n1' } }, 500, 'target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>"'],
    ['no name', {}, { target: { kind: 'Node' } }, 500, 'target.name: Required value'],
  ])('A67 refuses: %s', async (_what, pod, body, code, message) => {
    await expect((async () => bind(pod, body))()).rejects.toMatchObject({ status: { code, message } });
  });
});

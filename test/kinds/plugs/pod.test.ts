import { describe, expect, test } from '@jest/globals';
import type { MutableObject, PlugContext } from '../../../src/core/api/plugs.js';
import type { KubeObject } from '../../../src/core/resource/object.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock } from '../../../src/core/runtime/virtual-clock.js';
import type { Pod, PodSpec } from '../../../src/kinds/index.js';
import { pullPolicy } from '../../../src/kinds/plugs/pod-defaults.js';
import { podStrategy } from '../../../src/kinds/plugs/pod.js';
import { podSpecUpdate } from '../../../src/kinds/plugs/pod-update.js';
import { qosClass } from '../../../src/kinds/plugs/qos-class.js';

const context: PlugContext = { clock: virtualClock(), random: keyedRandom(1), api: { get: () => Promise.reject(new Error('no reads here')), list: () => Promise.reject(new Error('no reads here')) } };
const draft = (spec: object, status?: object): MutableObject => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default' }, spec, ...(status ? { status } : {}) });
const stored = (spec: object, status?: object) => draft(spec, status) as unknown as KubeObject;
const one = { containers: [{ name: 'main', image: 'app:1' }] };

describe('pod defaults', () => {
  test('T9 a minimal pod gets what upstream gives it', () => {
    const pod = draft({ containers: [{ name: 'main', image: 'app', ports: [{ containerPort: 80 }] }] });

    podStrategy.default?.(pod);

    expect(pod['spec']).toEqual({
      restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {}, schedulerName: 'default-scheduler', enableServiceLinks: true,
      containers: [{
        name: 'main', image: 'app', resources: {}, terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File',
        imagePullPolicy: 'Always', ports: [{ containerPort: 80, protocol: 'TCP' }],
      }],
    });
  });

  test('T9 limits are copied to the requests that are missing', () => {
    const pod = draft({ containers: [{ name: 'main', image: 'app:1', resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '500m' } } }] });

    podStrategy.default?.(pod);

    expect((pod['spec'] as PodSpec).containers[0]?.resources?.requests).toEqual({ cpu: '500m', memory: '1Gi' });
  });

  test.each([
    ['app', 'Always'], ['app:latest', 'Always'], ['app:1', 'IfNotPresent'], ['host:5000/app', 'Always'], ['host:5000/app:2', 'IfNotPresent'],
    ['app@sha256:0123', 'IfNotPresent'], ['app:latest@sha256:0123', 'IfNotPresent'],
  ])('N13 image %s is pulled %s', (image, policy) => {
    expect(pullPolicy(image)).toBe(policy);
  });

  test('a create decides no status: Pending, with its quality of service', () => {
    const pod = draft(one, { phase: 'Running', podIP: '10.0.0.1' });

    podStrategy.prepareForCreate?.(pod, context);

    expect(pod['status']).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
  });

  test('a gated pod says so from the start', () => {
    const pod = draft({ ...one, schedulingGates: [{ name: 'example.com/wait' }] });

    podStrategy.prepareForCreate?.(pod, context);

    expect(pod['status']).toMatchObject({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }] });
  });

  test.each<[string, object[], string]>([
    ['nothing asked', [{}], 'BestEffort'],
    ['a cpu request', [{ requests: { cpu: '1' } }], 'Burstable'],
    ['equal limits and requests', [{ requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1000m', memory: '1024Mi' } }], 'Guaranteed'],
    ['limits alone', [{ limits: { cpu: '1', memory: '1Gi' } }], 'Guaranteed'],
    ['one container without limits', [{ limits: { cpu: '1', memory: '1Gi' } }, {}], 'Burstable'],
    ['a lower request', [{ requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }], 'Burstable'],
    ['zero requests', [{ requests: { cpu: '0' } }], 'BestEffort'],
  ])('quality of service: %s', (_what, resources, expected) => {
    expect(qosClass({ containers: resources.map((r, i) => ({ name: `c${String(i)}`, resources: r })) })).toBe(expected);
  });
});

describe('pod validation', () => {
  test.each<[string, object, string, string]>([
    ['no containers', { containers: [] }, 'spec.containers', 'Required value'],
    ['no image', { containers: [{ name: 'main' }] }, 'spec.containers[0].image', 'Required value'],
    ['a name twice', { containers: [{ name: 'a', image: 'x' }, { name: 'a', image: 'x' }] }, 'spec.containers[1].name', 'Duplicate value: "a"'],
    ['a port out of range', { containers: [{ name: 'a', image: 'x', ports: [{ containerPort: 70000 }] }] }, 'spec.containers[0].ports[0].containerPort', 'Invalid value: 70000: must be between 1 and 65535, inclusive'],
    ['a mount of no volume', { containers: [{ name: 'a', image: 'x', volumeMounts: [{ name: 'v', mountPath: '/v' }] }] }, 'spec.containers[0].volumeMounts[0].name', 'Not found: "v"'],
    ['two volume sources', { ...one, volumes: [{ name: 'v', emptyDir: {}, hostPath: { path: '/' } }] }, 'spec.volumes[0].hostPath', 'Forbidden: may not specify more than 1 volume type'],
    ['toleration seconds without NoExecute', { ...one, tolerations: [{ key: 'k', operator: 'Exists', tolerationSeconds: 1 }] }, 'spec.tolerations[0].effect', 'Invalid value: "": effect must be \'NoExecute\' when `tolerationSeconds` is set'],
    ['a skew of zero', { ...one, topologySpreadConstraints: [{ maxSkew: 0, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }] }, 'spec.topologySpreadConstraints[0].maxSkew', 'Invalid value: 0: must be greater than zero'],
    ['an ephemeral container', { ...one, ephemeralContainers: [{ name: 'debug', image: 'shell:1' }] }, 'spec.ephemeralContainers', 'Forbidden: cannot be set on create'],
    ['a node and a gate', { ...one, nodeName: 'n', schedulingGates: [{ name: 'g' }] }, 'spec.nodeName', 'Forbidden: cannot be set until all schedulingGates have been cleared'],
  ])('T10 %s', (_what, spec, field, message) => {
    const pod = stored(spec);
    expect([...podStrategy.validate?.(pod) ?? [], ...podStrategy.validateCreate?.(pod) ?? []]).toEqual([expect.objectContaining({ field, message })]);
  });
});

describe('pod updates', () => {
  const old: PodSpec = { containers: [{ name: 'main', image: 'app:1' }], tolerations: [{ key: 'a', operator: 'Exists' }], terminationGracePeriodSeconds: 30 };
  const gated: PodSpec = { ...old, schedulingGates: [{ name: 'g' }] };

  test.each<[string, PodSpec, PodSpec]>([
    ['an image', old, { ...old, containers: [{ name: 'main', image: 'app:2' }] }],
    ['one more toleration', old, { ...old, tolerations: [...old.tolerations ?? [], { key: 'b', operator: 'Exists' }] }],
    ['an active deadline', old, { ...old, activeDeadlineSeconds: 10 }],
    ['a gate taken off', gated, old],
    ['a node selector while gated', gated, { ...gated, nodeSelector: { disk: 'ssd' } }],
    ['a negative grace put right', { ...old, terminationGracePeriodSeconds: -5 }, { ...old, terminationGracePeriodSeconds: 1 }],
  ])('T11 may change: %s', (_what, before, after) => {
    expect(podSpecUpdate(after, before)).toEqual([]);
  });

  test.each<[string, PodSpec, PodSpec, string]>([
    ['a container name', old, { ...old, containers: [{ name: 'other', image: 'app:1' }] }, 'spec'],
    ['the node name', old, { ...old, nodeName: 'n' }, 'spec'],
    ['a toleration taken away', old, { ...old, tolerations: [] }, 'spec.tolerations'],
    ['a new gate', old, gated, 'spec.schedulingGates[0].name'],
    ['a node selector while not gated', old, { ...old, nodeSelector: { disk: 'ssd' } }, 'spec'],
    ['a deadline that moves away', { ...old, activeDeadlineSeconds: 10 }, { ...old, activeDeadlineSeconds: 20 }, 'spec.activeDeadlineSeconds'],
    ['the grace', old, { ...old, terminationGracePeriodSeconds: 1 }, 'spec'],
  ])('T11 may not change: %s', (_what, before, after, field) => {
    expect(podSpecUpdate(after, before).map((cause) => cause.field)).toEqual([field]);
  });
});

describe('pod grace', () => {
  test.each<[string, object, object | undefined, number | undefined, number]>([
    ['the spec says', { ...one, nodeName: 'n', terminationGracePeriodSeconds: 7 }, undefined, undefined, 7],
    ['thirty where nothing is said', { ...one, nodeName: 'n' }, undefined, undefined, 30],
    ['as asked', { ...one, nodeName: 'n' }, undefined, 3, 3],
    ['negative counts as 1', { ...one, nodeName: 'n' }, undefined, -1, 1],
    ['not scheduled', one, undefined, 10, 0],
    ['ended already', { ...one, nodeName: 'n' }, { phase: 'Succeeded' }, 10, 0],
  ])('A60 %s', (_what, spec, status, asked, seconds) => {
    expect(podStrategy.gracePeriodSeconds?.(stored(spec, status) as Pod, asked)).toBe(seconds);
  });
});

import { describe, expect, test } from '@jest/globals';
import { definition, type AnyKind } from '../../src/core/resource/kind.js';
import { t } from '../../src/core/resource/schema-builder.js';
import type { JsonSchema } from '../../src/core/resource/schema.js';
import { ConfigMap, Deployment, Node, Pod, PriorityClass, ReplicaSet, Secret, ServiceAccount } from '../../src/kinds/index.js';

/** The schema at a path of field names; `[]` is an item of a list. */
function at(kind: AnyKind, path: string): JsonSchema {
  let schema = kind[definition].schema;
  for (const name of path.split('.')) {
    const next = name === '[]' ? schema.items : schema.properties?.[name];
    if (!next) throw new Error(`${kind.kind} has no ${path}`);
    schema = next;
  }
  return schema;
}

describe('the table of kinds', () => {
  const topologies: readonly [AnyKind, string, JsonSchema][] = [
    [Pod, 'spec.containers', { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }],
    [Pod, 'spec.containers.[].ports', { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['containerPort', 'protocol'] }],
    [Pod, 'spec.containers.[].env', { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }],
    [Pod, 'spec.containers.[].args', { 'x-kubernetes-list-type': 'atomic' }],
    [Pod, 'spec.tolerations', { 'x-kubernetes-list-type': 'atomic' }],
    [Pod, 'spec.nodeSelector', { 'x-kubernetes-map-type': 'atomic' }],
    [Pod, 'spec.topologySpreadConstraints', { 'x-kubernetes-list-map-keys': ['topologyKey', 'whenUnsatisfiable'] }],
    [Pod, 'spec.volumes', { 'x-kubernetes-list-map-keys': ['name'] }],
    [Pod, 'spec.imagePullSecrets', { 'x-kubernetes-list-map-keys': ['name'] }],
    [Pod, 'status.conditions', { 'x-kubernetes-list-map-keys': ['type'] }],
    [Pod, 'status.containerStatuses', { 'x-kubernetes-list-type': 'atomic' }],
    [Node, 'spec.taints', { 'x-kubernetes-list-type': 'atomic' }],
    [Node, 'spec.podCIDRs', { 'x-kubernetes-list-type': 'set' }],
    [Node, 'status.conditions', { 'x-kubernetes-list-map-keys': ['type'] }],
    [ReplicaSet, 'spec.selector', { 'x-kubernetes-map-type': 'atomic' }],
    [ReplicaSet, 'spec.template.metadata.finalizers', { 'x-kubernetes-list-type': 'set' }],
    [Deployment, 'spec.template.spec.containers', { 'x-kubernetes-list-map-keys': ['name'] }],
  ];
  test.each(topologies.map(([kind, path, expected]) => ({ name: `${kind.kind}.${path}`, kind, path, expected })))('T2 $name has the topology of upstream', ({ kind, path, expected }) => {
    expect(at(kind, path)).toMatchObject(expected);
  });

  const defaults: readonly [AnyKind, string, unknown][] = [
    [Pod, 'spec.restartPolicy', 'Always'],
    [Pod, 'spec.dnsPolicy', 'ClusterFirst'],
    [Pod, 'spec.terminationGracePeriodSeconds', 30],
    [Pod, 'spec.schedulerName', 'default-scheduler'],
    [Pod, 'spec.containers.[].ports.[].protocol', 'TCP'],
    [Pod, 'spec.containers.[].livenessProbe.periodSeconds', 10],
    [Pod, 'spec.volumes.[].secret.defaultMode', 0o644],
    [ReplicaSet, 'spec.replicas', 1],
    [Deployment, 'spec.revisionHistoryLimit', 10],
    [Secret, 'type', 'Opaque'],
    [PriorityClass, 'preemptionPolicy', 'PreemptLowerPriority'],
  ];
  test.each(defaults.map(([kind, path, value]) => ({ name: `${kind.kind}.${path}`, kind, path, value })))('T9 $name has its default', ({ kind, path, value }) => {
    expect(at(kind, path).default).toEqual(value);
  });

  test('T2 every message that a field names is in the table', () => {
    for (const kind of [ConfigMap, Deployment, Node, Pod, PriorityClass, ReplicaSet, Secret, ServiceAccount]) {
      expect(kind[definition].schema.type).toBe('object');
    }
  });

  test('T5 a quantity is what t.Quantity() is', () => {
    expect(at(Pod, 'spec.overhead').additionalProperties).toEqual(t.Quantity().json);
  });

  test('T3 a schema is made once, at first use', () => {
    expect(Pod[definition].schema).toBe(Pod[definition].schema);
  });
});

import { describe, expect, test } from '@jest/globals';
import { definition, type AnyKind } from '../../src/core/resource/kind.js';
import { ConfigMap, Deployment, Event, Lease, Namespace, Node, Pod, PriorityClass, ReplicaSet, Secret, ServiceAccount } from '../../src/kinds/index.js';
import { differences, facts } from './facts.js';

const kinds: readonly AnyKind[] = [ConfigMap, Deployment, Event, Lease, Namespace, Node, Pod, PriorityClass, ReplicaSet, Secret, ServiceAccount];

describe('the kinds beside the facts of their Go types', () => {
  test.each(kinds.map((kind) => ({ name: kind.kind, kind })))('T2 $name', ({ kind }) => {
    const message = facts.kinds[`${kind.apiVersion} ${kind.kind}`];
    expect(message).toBeDefined();
    expect(differences(kind[definition].schema, message ?? '')).toEqual([]);
  });
});

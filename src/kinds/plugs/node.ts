import type { AdmissionPlugin, KindPlugs, Strategy } from '../../core/api/plugs.js';
import { duplicate, forbidden, notSupported, required } from '../../core/resource/validation/causes.js';
import type { Node } from '../core-v1/node-object.js';
import { fill, treeOf, treesOf, withMore } from './tree.js';

const notReady = 'node.kubernetes.io/not-ready';

/** Allocatable is the capacity where it was not told; taints are unique; what is assigned stays assigned. */
export const nodeStrategy: Strategy = {
  // A node agent registers with its capacity and its first conditions.
  keepsStatusOnCreate: true,
  default(object) {
    const status = treeOf(object['status']);
    const capacity = treeOf(status?.['capacity']);
    if (status && capacity) fill(status, 'allocatable', { ...capacity });
    const spec = treeOf(object['spec']);
    if (!spec) return;
    // The older field and the first of the newer one are kept equal.
    if (typeof spec['podCIDR'] === 'string' && spec['podCIDRs'] === undefined) spec['podCIDRs'] = [spec['podCIDR']];
    else if (Array.isArray(spec['podCIDRs']) && spec['podCIDR'] === undefined) spec['podCIDR'] = (spec['podCIDRs'] as readonly unknown[])[0];
  },
  validate(object) {
    // The api gives this strategy Nodes only.
    const seen = new Set<string>();
    return ((object as Node).spec.taints ?? []).flatMap((taint, i) => {
      // Said of metadata, as the reference does.
      const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
      if (!effects.includes(taint.effect)) return [taint.effect as string === '' ? required(`metadata.taints[${String(i)}].effect`) : notSupported(`metadata.taints[${String(i)}].effect`, taint.effect, effects)];
      const id = `${taint.key}:${taint.effect}`;
      const again = seen.has(id);
      seen.add(id);
      if (!again) return [];
      const { key, value = '', effect, timeAdded = null } = taint;
      // The reference shows the struct by the names that it has in Go.
      const { message, ...cause } = duplicate(`metadata.taints[${String(i)}]`, { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded });
      return [{ ...cause, message: `${message}: taints must be unique by key and effect pair` }];
    });
  },
  validateUpdate(object, old) {
    const now = object as Node;
    const before = old as Node;
    return [
      ...(before.spec.providerID !== undefined && now.spec.providerID !== before.spec.providerID ? [forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')] : []),
      ...(before.spec.podCIDR !== undefined && now.spec.podCIDR !== before.spec.podCIDR ? [forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')] : []),
    ];
  },
};

/** Nothing is placed on a node before it was ready once. Rule: C13. */
export const taintNewNodes: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  type: 'mutating',
  handles: ({ operation, subresource }) => subresource === undefined && operation === 'CREATE',
  admit({ object }) {
    if (!object) return;
    const spec = treeOf(object['spec']) ?? {};
    const taints = treesOf(spec['taints']);
    if (taints.some(({ key, effect }) => key === notReady && effect === 'NoSchedule')) return;
    spec['taints'] = withMore(spec['taints'], [{ key: notReady, effect: 'NoSchedule' }]);
    object['spec'] = spec;
  },
};

export const nodePlugs: KindPlugs = { strategy: nodeStrategy, admission: [taintNewNodes] };

import type { KindPlugs, MutableObject } from '../../core/api/plugs.js';
import { fill, treeOf, treesOf } from './tree.js';

/** Kinds whose only code is a default that depends on another field, or how they answer a delete. Rules: T9, A57 */

export const returnsDeletedPlugs: KindPlugs = { strategy: { returnsDeleted: true } };

export const endpointsPlugs: KindPlugs = { strategy: { warnings: () => ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'] } };

/** A limit that is not said is the most that there may be, and a request that is not said is the limit. */
export const limitRangePlugs: KindPlugs = {
  strategy: {
    default(object) {
      for (const item of treesOf(treeOf(object['spec'])?.['limits'])) {
        if (item['type'] !== 'Container') continue;
        const amounts = (field: string) => treeOf(item[field]) ?? {};
        const limit = { ...amounts('max'), ...amounts('default') };
        const request = { ...limit, ...amounts('min'), ...amounts('defaultRequest') };
        if (Object.keys(limit).length > 0) item['default'] = limit;
        if (Object.keys(request).length > 0) item['defaultRequest'] = request;
      }
    },
  },
};

/** A policy with egress rules is about both ways, else about the way in. */
export const networkPolicyPlugs: KindPlugs = {
  strategy: {
    default(object) {
      const spec = treeOf(object['spec']);
      if (spec) fill(spec, 'policyTypes', treesOf(spec['egress']).length > 0 ? ['Ingress', 'Egress'] : ['Ingress']);
    },
  },
};

const rbacGroup = 'rbac.authorization.k8s.io';

/** Users and groups belong to the group of the bindings. */
export const bindingPlugs: KindPlugs = {
  strategy: {
    default(object) {
      for (const subject of treesOf(object['subjects'])) if (subject['kind'] === 'User' || subject['kind'] === 'Group') fill(subject, 'apiGroup', rbacGroup);
      const role = treeOf(object['roleRef']);
      if (role) fill(role, 'apiGroup', rbacGroup);
    },
  },
};

/** One scaler without metrics looks at the CPU. */
export const horizontalPodAutoscalerPlugs: KindPlugs = {
  strategy: {
    default(object) {
      const spec = treeOf(object['spec']);
      if (spec) fill(spec, 'metrics', [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]);
    },
  },
};

export const resourceClaimPlugs: KindPlugs = { strategy: { default: (object) => { countDevices(object['spec']); }, returnsDeleted: true } };
export const resourceClaimTemplatePlugs: KindPlugs = { strategy: { default: (object: MutableObject) => { countDevices(treeOf(object['spec'])?.['spec']); }, returnsDeleted: true } };

/** A request that counts devices and says no number wants one. */
function countDevices(spec: unknown): void {
  for (const request of treesOf(treeOf(treeOf(spec)?.['devices'])?.['requests'])) {
    for (const one of [treeOf(request['exactly']), ...treesOf(request['firstAvailable'])]) {
      if (!one) continue;
      fill(one, 'allocationMode', 'ExactCount');
      if (one['allocationMode'] === 'ExactCount') fill(one, 'count', 1);
    }
  }
}

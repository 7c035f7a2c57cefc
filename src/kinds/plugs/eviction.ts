import type { DeleteParams } from '../../core/api/api.js';
import { ApiError, failure } from '../../core/api/api-error.js';
import type { SubresourceHandler } from '../../core/api/plugs.js';
import { timestamp } from '../../core/runtime/clock.js';
import { treeOf, treesOf, type Tree } from './tree.js';

/**
 * `pods/eviction`: says in the pod's conditions why it goes, then deletes it with the options in its body. No budget can stand against it, because this release
 * serves no PodDisruptionBudget. Rule: A68 (without budgets).
 */
export const eviction: SubresourceHandler = {
  ownsNothing: true,
  async create({ body, kind, namespace, name, params, full, change, clock }) {
    const given = treeOf(body);
    const apiVersion = given?.['apiVersion'];
    if (apiVersion !== undefined && apiVersion !== 'policy/v1') {
      throw new ApiError(failure(400, 'BadRequest', `the API version in the data (${JSON.stringify(apiVersion).replaceAll('"', '')}) does not match the expected API version (policy/v1)`));
    }
    const named = treeOf(given?.['metadata'])?.['name'];
    if (typeof named === 'string' && named !== '' && named !== name) throw new ApiError(failure(400, 'BadRequest', 'name in URL does not match name in Eviction object'));
    const asked = { ...params, ...deleteParams(given?.['deleteOptions']) };
    if (asked.dryRun) return full.delete(kind, { namespace, name }, asked);
    const { object } = await change((pod) => {
      const status = treeOf(pod['status']) ?? {};
      pod['status'] = { ...status, conditions: disrupted(treesOf(status['conditions']), timestamp(clock.wall())) };
    }, { ...asked.preconditions, toldBy: 'delete' });
    // The version that was asked for is the one that has just been changed.
    const { uid, resourceVersion } = asked.preconditions ?? {};
    const preconditions = { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion: object.metadata.resourceVersion }) };
    return full.delete(kind, { namespace, name }, { ...asked, preconditions });
  },
};

/** The conditions with DisruptionTarget; its time moves only when its status does (C6). */
function disrupted(conditions: readonly Tree[], now: string): readonly Tree[] {
  const before = conditions.find(({ type }) => type === 'DisruptionTarget');
  const made = {
    type: 'DisruptionTarget', status: 'True', lastProbeTime: null, lastTransitionTime: before?.['status'] === 'True' ? before['lastTransitionTime'] : now,
    reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting',
  };
  return before ? conditions.map((condition) => (condition === before ? made : condition)) : [...conditions, made];
}

function deleteParams(options: unknown): DeleteParams {
  const given = treeOf(options) ?? {};
  const preconditions = treeOf(given['preconditions']);
  return {
    ...(typeof given['gracePeriodSeconds'] === 'number' ? { gracePeriodSeconds: given['gracePeriodSeconds'] } : {}),
    ...(typeof given['propagationPolicy'] === 'string' ? { propagationPolicy: given['propagationPolicy'] } : {}),
    ...(Array.isArray(given['dryRun']) && given['dryRun'].includes('All') ? { dryRun: true } : {}),
    ...(preconditions ? { preconditions: {
      ...(typeof preconditions['uid'] === 'string' ? { uid: preconditions['uid'] } : {}),
      ...(typeof preconditions['resourceVersion'] === 'string' ? { resourceVersion: preconditions['resourceVersion'] } : {}),
    } } : {}),
  };
}

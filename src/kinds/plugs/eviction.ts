import type { DeleteParams } from '../../core/api/api.js';
import { ApiError, failure } from '../../core/api/api-error.js';
import type { SubresourceHandler } from '../../core/api/plugs.js';
import { treeOf } from './tree.js';

/**
 * `pods/eviction`: deletes the pod with the options in its body. No budget can stand against it, because this release
 * serves no PodDisruptionBudget. Rule: A68 (without budgets).
 */
export const eviction: SubresourceHandler = {
  create({ body, kind, namespace, name, params, full }) {
    const given = treeOf(body);
    const apiVersion = given?.['apiVersion'];
    if (apiVersion !== undefined && apiVersion !== 'policy/v1') {
      throw new ApiError(failure(400, 'BadRequest', `the API version in the data (${JSON.stringify(apiVersion).replaceAll('"', '')}) does not match the expected API version (policy/v1)`));
    }
    const named = treeOf(given?.['metadata'])?.['name'];
    if (typeof named === 'string' && named !== '' && named !== name) throw new ApiError(failure(400, 'BadRequest', 'name in URL does not match name in Eviction object'));
    return full.delete(kind, { namespace, name }, { ...params, ...deleteParams(given?.['deleteOptions']) });
  },
};

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

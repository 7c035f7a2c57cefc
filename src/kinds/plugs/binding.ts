import { ApiError, failure } from '../../core/api/api-error.js';
import type { SubresourceHandler } from '../../core/api/plugs.js';
import { timestamp } from '../../core/runtime/clock.js';
import type { Binding } from '../core-v1/binding.js';
import { treeOf, treesOf } from './tree.js';

/**
 * `pods/binding`: the node's name and the condition PodScheduled in one write, given annotations merged.
 *
 * @throws ApiError 409 Conflict when the pod is bound already, terminating, gated, or another than meant; 500 for a
 * target that is no node. Rule: A67.
 */
export const binding: SubresourceHandler = {
  ownsNothing: true,
  create({ body, name, clock, change }) {
    const asked = checked(body, name);
    return change((pod) => {
      const spec = treeOf(pod['spec']) ?? {};
      const status = treeOf(pod['status']) ?? {};
      if (pod.metadata['deletionTimestamp'] !== undefined) throw conflict(name, `pod ${name} is being deleted, cannot be assigned to a host`);
      if (typeof spec['nodeName'] === 'string' && spec['nodeName'] !== '') throw conflict(name, `pod ${name} is already assigned to node "${spec['nodeName']}"`);
      if (treesOf(spec['schedulingGates']).length > 0) throw conflict(name, `pod ${name} has non-empty .spec.schedulingGates`);
      spec['nodeName'] = asked.target.name;
      pod['spec'] = spec;
      if (asked.metadata?.annotations) {
        pod.metadata['annotations'] = { ...treeOf(pod.metadata['annotations']), ...asked.metadata.annotations };
      }
      if (asked.metadata?.labels) pod.metadata['labels'] = { ...treeOf(pod.metadata['labels']), ...asked.metadata.labels };
      status['conditions'] = scheduled(treesOf(status['conditions']), timestamp(clock.wall()));
      // Its promise is kept now, wherever the pod went.
      delete status['nominatedNodeName'];
      pod['status'] = status;
    }, { uid: asked.metadata?.uid, resourceVersion: asked.metadata?.resourceVersion, toldBy: 'store' });
  },
};

function checked(body: unknown, name: string): Binding & { readonly target: { readonly name: string } } {
  const given = treeOf(body);
  const target = treeOf(given?.['target']);
  const kind = target?.['kind'] ?? '';
  if (kind !== '' && kind !== 'Node') throw refused(name, `target.kind: Unsupported value: ${JSON.stringify(kind)}: supported values: "Node", "<empty>"`);
  if (typeof target?.['name'] !== 'string' || target['name'] === '') throw refused(name, 'target.name: Required value');
  const meta = treeOf(given?.['metadata']);
  if (typeof meta?.['name'] === 'string' && meta['name'] !== '' && meta['name'] !== name) {
    throw new ApiError(failure(400, 'BadRequest', 'name in URL does not match name in Binding object'));
  }
  // What is read below was checked above; the rest is compared or copied as it is.
  return given as unknown as Binding & { readonly target: { readonly name: string } };
}

/** The conditions with PodScheduled true; its time moves only when its status does (C6). */
function scheduled(conditions: readonly { readonly [field: string]: unknown }[], now: string): readonly object[] {
  const before = conditions.find(({ type }) => type === 'PodScheduled');
  const lastTransitionTime = before?.['status'] === 'True' ? before['lastTransitionTime'] : now;
  const made = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime };
  return before ? conditions.map((condition) => (condition === before ? made : condition)) : [...conditions, made];
}

function conflict(name: string, why: string): ApiError {
  return new ApiError(failure(409, 'Conflict', `Operation cannot be fulfilled on pods/binding "${name}": ${why}`, { name, kind: 'pods/binding' }));
}

function refused(name: string, why: string): ApiError {
  return new ApiError(failure(500, 'InternalError', why, { name, kind: 'pods/binding' }));
}

import { qualifiedKind } from '../../resource/kind.js';
import { Namespace, initialNamespaces } from '../../resource/namespace.js';
import type { KubeObject } from '../../resource/object.js';
import type { KindPlugs, MutableObject, Strategy, SubresourceHandler } from '../plugs.js';
import { forbidden, notFound } from '../refusals.js';
import type { AnyKind } from '../../resource/kind.js';

/** What holds a namespace until it is empty (A98). */
const kubernetesFinalizer = 'kubernetes';
/** kube-node-lease may go: its leases come again with the next heartbeat (A97). */
const undeletable = initialNamespaces.filter((name) => name !== 'kube-node-lease');

const strategy: Strategy = {
  default: labelled,
  prepareForCreate(object) {
    const spec = treeOf(object['spec']);
    const finalizers = Array.isArray(spec['finalizers']) ? (spec['finalizers'] as unknown[]) : [];
    object['spec'] = { ...spec, finalizers: finalizers.includes(kubernetesFinalizer) ? finalizers : [...finalizers, kubernetesFinalizer] };
    object['status'] = { phase: 'Active' };
  },
  prepareForUpdate(object, old) {
    // Only `finalize` takes the spec's finalizers away.
    object['spec'] = old.spec;
  },
  holdsDeletion: (object) => finalizersOf(object).length > 0,
  prepareForDelete(object) {
    object['status'] = { ...treeOf(object['status']), phase: 'Terminating' };
    // Nothing of it has a grace; what is in it has its own.
    delete object.metadata['deletionGracePeriodSeconds'];
  },
  returnsDeleted: true,
};

/** `finalize`: writes the spec's finalizers, and nothing else; without any a terminating namespace goes (A69, A98). */
const finalize: SubresourceHandler = {
  update: ({ body, change }) => change((object) => {
    const finalizers = treeOf(treeOf(body)['spec'])['finalizers'];
    object['spec'] = { ...treeOf(object['spec']), finalizers: Array.isArray(finalizers) ? finalizers : [] };
  }),
};

/** Core makes and guards namespaces itself, so their plugs live here and not with a kind (A97, A98). */
export const namespacePlugs: KindPlugs = Object.freeze({ strategy, subresources: { finalize } });

export function isNamespaceKind(kind: AnyKind): boolean {
  return qualifiedKind(kind) === qualifiedKind(Namespace);
}

/** Whether a namespace is here to be filled. @throws ApiError 404, 403 (A97, B35) */
export function admitContent(kind: AnyKind, name: string, namespace: string, found: KubeObject | undefined): void {
  if (found === undefined) throw notFound(Namespace, namespace);
  if (found.metadata.deletionTimestamp === undefined && (found as Namespace).status?.phase !== 'Terminating') return;
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw forbidden(kind, name, why, [{ reason: 'NamespaceTerminating', field: 'metadata.namespace', message: `namespace ${namespace} is being terminated` }]);
}

/** @throws ApiError 403 (A97) */
export function admitNamespaceDelete(name: string): void {
  if (undeletable.includes(name)) throw forbidden(Namespace, name, 'this namespace may not be deleted');
}

/** Selectable by name, as upstream does since 1.21. */
function labelled(object: MutableObject): void {
  object.metadata['labels'] = { ...treeOf(object.metadata['labels']), 'kubernetes.io/metadata.name': object.metadata.name ?? '' };
}

function finalizersOf(object: KubeObject): readonly string[] {
  return (object as Namespace).spec?.finalizers ?? [];
}

function treeOf(value: unknown): { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [field: string]: unknown }) : {};
}


import { isReason } from '../../api/api-error.js';
import type { Client, ListOptions, ObjectList, ReadOptions, Reads, Subresource, Writes } from '../../client/client.js';
import { refAddress, type ObjectAddress } from '../../client/ref-address.js';
import { OutOfScope } from '../../informer/errors.js';
import type { AnyKind, Kind } from '../../resource/kind.js';
import type { KubeObject, Ref } from '../../resource/object.js';
import { compareVersions } from '../../resource/resource-version.js';
import { SetpointError } from '../../runtime/errors.js';
import type { ControllerSpec } from '../spec.js';
import { asChild, refuseForeign, type Child, type Written } from './child.js';

/** What verbs know of whom they serve. */
export interface VerbScope {
  readonly spec: ControllerSpec;
  /** Asked for at the first call: a run that reads and writes nothing needs no client. */
  client(): Client;
  /** Where bare names lie; default `default`. */
  readonly namespace: string | undefined;
}

/** Cached reads inside the controller's namespaces. Rule: R5. */
export function scopedReads(scope: VerbScope): Reads {
  return {
    get: async (kind, ref, o) => scope.client().get(kind, address(scope, kind, ref), o),
    list: async (kind, o) => listInScope(scope, kind, o),
  };
}

/**
 * The verbs of one run: a bare name means the namespace of the object, children get their owner reference, and what
 * belongs to somebody else is not taken. Rules: R5, R28, R29.
 */
export function runVerbs(scope: VerbScope, object: KubeObject): Reads & Writes {
  const parent = { kind: scope.spec.kind, object };
  const client = () => scope.client();
  const at = (kind: AnyKind, ref: Ref) => address(scope, kind, ref);
  const childOf = (kind: AnyKind, given: Written, owner: false | undefined): Child => {
    const child = asChild(parent, kind, given, owner);
    if (kind.namespaced) checkScope(scope, kind, child.object.metadata.namespace ?? 'default');
    return child;
  };
  const { get, list } = scopedReads(scope);
  return {
    get, list,
    create: async (kind, given, { owner, ...o } = {}) => {
      const child = childOf(kind, given, owner);
      // The owner and namespace are added to the object as given; its type is that of the verb.
      return client().create(kind, child.object as typeof given, o).catch(async (error: unknown) => {
        if (child.isOwned && isReason(error, 'AlreadyExists')) await refuseForeign(parent, client(), kind, child.object);
        throw error;
      });
    },
    apply: async (kind, given, { owner, ...o } = {}) => {
      const child = childOf(kind, given, owner);
      // What it owns a controller puts back: another manager's value is drift, not a conflict. A second controller
      // owner the api refuses, so nothing has to be read before.
      return client().apply(kind, child.object as typeof given, { ...o, force: o.force ?? child.isOwned }).catch(async (error: unknown) => {
        if (child.isOwned && isReason(error, 'Invalid')) await refuseForeign(parent, client(), kind, child.object);
        throw error;
      });
    },
    update: async (kind, given, o) => client().update(kind, placedIn(scope, kind, given), o),
    patch: async (kind, ref, patch, o) => client().patch(kind, at(kind, ref), patch, o),
    delete: async (kind, ref, o) => client().delete(kind, at(kind, ref), o),
    subresource: (kind, name) => scopedSubresource(scope, kind, name),
  };
}

function scopedSubresource<T extends KubeObject>(scope: VerbScope, kind: Kind<T, unknown>, name: string): Subresource<T> {
  const part = () => scope.client().subresource(kind, name);
  const at = (ref: Ref) => address(scope, kind, ref);
  return {
    get: async (ref, o) => part().get(at(ref), o),
    create: async (ref, body, o) => part().create(at(ref), body, o),
    update: async (object, o) => part().update(placedIn(scope, kind, object), o),
    patch: async (ref, patch, o) => part().patch(at(ref), patch, o),
    apply: async (ref, body, o) => part().apply(at(ref), body, o),
  };
}

/** A ref made whole, inside the controller's namespaces. */
function address(scope: VerbScope, kind: AnyKind, ref: Ref): ObjectAddress {
  const at = refAddress(kind, ref, scope.namespace ?? 'default');
  if (at.namespace !== undefined) checkScope(scope, kind, at.namespace);
  return at;
}

/** The object to write, in the namespace at hand where it names none. */
function placedIn<O extends object>(scope: VerbScope, kind: AnyKind, object: O): O {
  const { metadata } = object as unknown as KubeObject; // whatever is written has metadata; the api refuses the rest
  const { namespace } = address(scope, kind, { metadata });
  return namespace === metadata.namespace ? object : { ...object, metadata: { ...metadata, namespace } };
}

function checkScope({ spec }: VerbScope, kind: AnyKind, namespace: string): void {
  const allowed = spec.options.namespaces;
  if (allowed && !allowed.includes(namespace)) throw new OutOfScope(`controller ${spec.name}`, `${kind.kind} in namespace ${namespace}`, allowed, namespace);
}

/** Without a namespace a controller with a scope sees its scope, not an error and not the world. */
async function listInScope<T extends KubeObject>(scope: VerbScope, kind: Kind<T, unknown>, o: ListOptions & ReadOptions = {}): Promise<ObjectList<T>> {
  const allowed = kind.namespaced ? scope.spec.options.namespaces : undefined;
  const client = scope.client();
  if (o.namespace !== undefined && kind.namespaced) checkScope(scope, kind, o.namespace);
  const isPaged = o.limit !== undefined || o.continue !== undefined;
  const isCached = !isPaged && o.live !== true && o.fieldSelector === undefined;
  // The cache of a controller with a scope holds that scope.
  if (!allowed || o.namespace !== undefined || isCached) return client.list(kind, o);
  if (allowed.length === 1) return client.list(kind, { ...o, namespace: allowed[0] });
  // One token cannot stand for several lists, and a limit without one would cut them silently.
  if (isPaged) throw new SetpointError('NamespaceRequired', `controller ${scope.spec.name} lists ${kind.plural} by pages in ${allowed.length} namespaces`, { hint: 'give the namespace, or list without a limit' });
  const lists = await Promise.all(allowed.map((namespace) => client.list(kind, { ...o, namespace })));
  // Changes after the oldest of them are all there are after this list.
  const resourceVersion = lists.map((list) => list.resourceVersion).reduce((a, b) => ((compareVersions(b, a) ?? 0) < 0 ? b : a));
  return Object.freeze(Object.assign(lists.flat(), { resourceVersion }));
}

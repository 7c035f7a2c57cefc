import type { Informer, InformerOptions } from '../informer/informer.js';
import type { SharedInformer } from '../informer/shared-informer.js';
import { qualifiedKind, type AnyKind } from '../resource/kind.js';
import type { KubeObject } from '../resource/object.js';
import { controllerOf } from '../resource/owner-reference.js';
import type { CoreContext } from './runnable.js';
import type { ControllerSpec } from './spec.js';
import { indexName } from './triggers/watched.js';

/** Objects by the uid of their controller owner: what `owned` asks. */
const ownerIndex = 'setpoint/controller-uid';

/** The informers of one controller, one a selection, in its namespaces. Rules: R5, R39, R40. */
export class ControllerInformers implements AsyncDisposable {
  readonly primary: Informer<KubeObject, string>;
  private readonly open = new Map<string, Informer<KubeObject, string>>();
  /** By kind: the cache that this controller's reads and writes of it meet. */
  private readonly finders = new Map<string, () => SharedInformer<KubeObject> | undefined>();

  constructor(private readonly spec: ControllerSpec, private readonly context: CoreContext, private readonly signal: AbortSignal) {
    const { kind, options, owns, watches, indexes } = spec;
    this.primary = this.select(kind, this.selectionOf(kind, options.labelSelector));
    for (const [name, values] of indexes) this.primary.addIndex(indexName(spec, name), values);
    for (const owned of owns) this.of(owned.kind).addIndex(ownerIndex, controllerUid);
    for (const watch of watches) this.of(watch.kind, watch.namespaces);
  }

  /** The informer of a kind, started if need be. */
  of(kind: AnyKind, namespaces?: readonly string[]): Informer<KubeObject, string> {
    return this.select(kind, namespaces ? { namespaces } : this.selectionOf(kind));
  }

  /** Finds the children of an owner by its uid; starts the kind's informer if need be. @throws CacheSyncTimeout */
  async ownedBy(kind: AnyKind): Promise<(uid: string) => readonly KubeObject[]> {
    this.signal.throwIfAborted();
    const informer = this.of(kind);
    informer.addIndex(ownerIndex, controllerUid);
    if (!informer.hasSynced) await informer.ready({ signal: this.signal });
    return (uid) => informer.cache.byIndex(ownerIndex, uid);
  }

  /** The cache in which a run finds this kind; undefined while nobody reads it. The primary's is that of its selection. */
  cacheOf(kind: AnyKind): SharedInformer<KubeObject> | undefined {
    const id = qualifiedKind(kind);
    let find = this.finders.get(id);
    if (!find) {
      const isPrimary = id === qualifiedKind(this.spec.kind);
      this.finders.set(id, (find = this.context.findInformer(kind, this.selectionOf(kind, isPrimary ? this.spec.options.labelSelector : undefined))));
    }
    return find();
  }

  /** @throws CacheSyncTimeout */
  async ready(): Promise<void> {
    await Promise.all([...this.open.values()].map((informer) => informer.ready({ signal: this.signal })));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.open.values()].map((informer) => informer[Symbol.asyncDispose]()));
  }

  private selectionOf(kind: AnyKind, labelSelector?: ControllerSpec['options']['labelSelector']): InformerOptions<KubeObject> {
    const namespaces = kind.namespaced ? this.spec.options.namespaces : undefined;
    return { ...(labelSelector === undefined ? {} : { labelSelector }), ...(namespaces ? { namespaces } : {}) };
  }

  private select(kind: AnyKind, o: InformerOptions<KubeObject>): Informer<KubeObject, string> {
    const id = `${qualifiedKind(kind)}|${JSON.stringify(o)}`;
    let informer = this.open.get(id);
    if (!informer) this.open.set(id, (informer = this.context.informer(kind, o) as Informer<KubeObject, string>));
    return informer;
  }
}

function controllerUid(object: KubeObject): readonly string[] {
  const owner = controllerOf(object);
  return owner ? [owner.uid] : [];
}

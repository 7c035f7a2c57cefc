import { isReason, mergeConditions, Namespace, qualifiedKind, qualifiedResource, timestamp, toError, type AnyKind, type Informer, type InformerSubscription, type KubeObject } from '../../core/index.js';
import type { LoopContext, LoopWork } from '../loop.js';
import { contentOrder, namespaceConditions, recheckAfterMs, remainingFinalizers, type Remainder } from './plan.js';

/** The work of one start. Keys are names of namespaces. */
export function namespaceDeletion(context: LoopContext): LoopWork {
  return new NamespaceDeletion(context).work();
}

class NamespaceDeletion {
  private readonly kinds = new Map<string, AnyKind>();
  private readonly informers: Informer<KubeObject>[] = [];
  private readonly subscriptions: InformerSubscription[] = [];
  private readonly namespaces: Informer<Namespace>;

  constructor(private readonly context: LoopContext) {
    this.namespaces = context.informer(Namespace);
  }

  work(): LoopWork {
    this.subscriptions.push(this.namespaces.subscribe(({ deltas }) => {
      for (const delta of deltas) if (delta.type !== 'deleted' && delta.new.metadata.deletionTimestamp !== undefined) this.context.add(delta.new.metadata.name);
    }));
    const discovery = this.context.kinds$.subscribe((kinds) => { for (const kind of kinds) if (kind.namespaced) this.follow(kind); });
    return {
      subscriptions: this.subscriptions,
      initial: () => this.namespaces.cache.list().filter(({ metadata }) => metadata.deletionTimestamp !== undefined).map(({ metadata }) => metadata.name),
      run: (name, signal) => this.run(name, signal),
      close: async () => {
        discovery.unsubscribe();
        await Promise.all([this.namespaces, ...this.informers].map((informer) => informer[Symbol.asyncDispose]()));
      },
    };
  }

  /** The end of the last object of a kind is looked at without waiting for the next recheck (C81). */
  private follow(kind: AnyKind): void {
    const id = qualifiedKind(kind);
    if (this.kinds.has(id)) return;
    this.kinds.set(id, kind);
    const informer = this.context.informer(kind, { metadataOnly: true });
    this.informers.push(informer);
    this.subscriptions.push(informer.subscribe(({ deltas }) => {
      for (const delta of deltas) {
        const { namespace } = (delta.type === 'deleted' ? delta.old : delta.new).metadata;
        if (delta.type !== 'deleted' || namespace === undefined) continue;
        const isTerminating = this.namespaces.cache.peek({ name: namespace })?.metadata.deletionTimestamp !== undefined;
        if (isTerminating && informer.cache.byIndex('namespace', namespace).length === 0) this.context.add(namespace);
      }
    }));
  }

  private async run(name: string, signal: AbortSignal): Promise<number | undefined> {
    const { client, clock } = this.context;
    const namespace = await client.get(Namespace, name, { live: true });
    if (namespace?.metadata.deletionTimestamp === undefined || !(namespace.spec?.finalizers ?? []).includes('kubernetes')) return undefined;
    const { first, rest } = contentOrder([...this.kinds.values()]);
    const failures: Error[] = [];
    const remaining = await this.empty(name, first, failures, signal);
    if (remaining.every(({ objects }) => objects.length === 0) && failures.length === 0) remaining.push(...await this.empty(name, rest, failures, signal));
    const told = await this.tell(namespace, remaining, failures);
    if (failures[0]) throw failures[0];
    if (remaining.some(({ objects }) => objects.length > 0)) return clock.now() + recheckAfterMs(remaining);
    try {
      await client.subresource(Namespace, 'finalize').update({ ...told, spec: { ...told.spec, finalizers: remainingFinalizers(told) } });
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
    return undefined;
  }

  /** Deletes what there is of each kind; a failure of one does not stop the others (C80). Answers what is left. */
  private async empty(namespace: string, kinds: readonly AnyKind[], failures: Error[], signal: AbortSignal): Promise<Remainder[]> {
    const remaining: Remainder[] = [];
    for (const kind of kinds) {
      signal.throwIfAborted();
      try {
        const objects = await this.context.client.list(kind, { namespace, live: true, signal });
        const after = await Promise.all(objects.map((object) => this.delete(kind, object)));
        remaining.push({ kind, objects: after.filter((object) => object !== undefined) });
      } catch (error) {
        failures.push(new Error(`${qualifiedResource(kind)}: ${toError(error).message}`, { cause: error }));
      }
    }
    return remaining;
  }

  /** The object as it ends; undefined when it is gone. */
  private async delete(kind: AnyKind, object: KubeObject): Promise<KubeObject | undefined> {
    if (object.metadata.deletionTimestamp !== undefined) return object;
    try {
      const last = await this.context.client.delete(kind, object, { preconditions: { uid: object.metadata.uid } });
      return last?.metadata.deletionTimestamp === undefined ? undefined : last;
    } catch (error) {
      // Another object under the name was made by somebody who was faster than the namespace's end: the next pass sees it.
      if (isReason(error, 'Conflict')) return object;
      throw error;
    }
  }

  private async tell(namespace: Namespace, remaining: readonly Remainder[], failures: readonly Error[]): Promise<Namespace> {
    const { client, clock } = this.context;
    const before = namespace.status?.conditions;
    const conditions = mergeConditions(before, namespaceConditions(remaining, failures.map(({ message }) => message)), timestamp(clock.wall()));
    if (conditions === before) return namespace;
    return client.subresource(Namespace, 'status').patch(namespace, { metadata: { resourceVersion: namespace.metadata.resourceVersion }, status: { conditions } });
  }
}

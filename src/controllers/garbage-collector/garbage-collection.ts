import { qualifiedKind, type AnyKind, type Informer, type InformerSubscription, type KubeObject, type OwnerReference } from '../../core/index.js';
import type { LoopContext, LoopWork } from '../loop.js';
import { Graph, waitsForDependents, waitsForOrphans, type Entry } from './graph.js';
import { OwnerLookup } from './owner-lookup.js';
import { judge, type JudgedOwner } from './plan.js';

/** Kinds that own nothing and expire by themselves. */
const ignored: ReadonlySet<string> = new Set(['Event', 'Event.events.k8s.io']);

/** The work of one start. Keys are uids. */
export function garbageCollection(context: LoopContext): LoopWork {
  return new GarbageCollection(context).work();
}

class GarbageCollection {
  private readonly graph = new Graph();
  private readonly kinds = new Map<string, AnyKind>();
  private readonly informers: Informer<KubeObject>[] = [];
  private readonly subscriptions: InformerSubscription[] = [];
  /** Objects with owners of kinds that nobody serves (C75). */
  private readonly unresolved = new Set<string>();
  private readonly owners: OwnerLookup;

  constructor(private readonly context: LoopContext) {
    this.owners = new OwnerLookup(this.graph, (group, kind) => this.kinds.get(group === '' ? kind : `${kind}.${group}`), context.client);
  }

  work(): LoopWork {
    const discovery = this.context.kinds$.subscribe((kinds) => {
      for (const kind of kinds) this.follow(kind);
      this.look([...this.unresolved]);
      this.unresolved.clear();
    });
    return {
      subscriptions: this.subscriptions,
      initial: () => this.graph.doubtful(),
      run: async (uid, signal) => { await this.run(uid, signal); return undefined; },
      close: async () => {
        discovery.unsubscribe();
        await Promise.all(this.informers.map((informer) => informer[Symbol.asyncDispose]()));
      },
    };
  }

  private follow(kind: AnyKind): void {
    const id = qualifiedKind(kind);
    if (this.kinds.has(id)) return;
    this.kinds.set(id, kind);
    if (ignored.has(id)) return;
    const informer = this.context.informer(kind, { metadataOnly: true });
    this.informers.push(informer);
    this.subscriptions.push(informer.subscribe(({ deltas, initial }) => {
      if (!initial && deltas.some(({ revisions }) => revisions.count === Infinity)) this.owners.forgetAbsent();
      for (const delta of deltas) {
        // Another uid under the name: the old object is gone.
        if (delta.type === 'deleted') this.look(this.graph.remove(delta.old.metadata.uid));
        else if (delta.type === 'updated' && delta.old.metadata.uid !== delta.new.metadata.uid) this.look(this.graph.remove(delta.old.metadata.uid));
        if (delta.type !== 'deleted') this.look(this.graph.set(kind, delta.new));
      }
    }));
  }

  private look(uids: readonly string[]): void {
    for (const uid of uids) this.context.add(uid);
  }

  private async run(uid: string, signal: AbortSignal): Promise<void> {
    const entry = this.graph.get(uid);
    if (!entry) return;
    if (waitsForOrphans(entry)) { await this.orphan(entry, signal); return; }
    if (waitsForDependents(entry)) { await this.release(entry, signal); return; }
    // An owner that was seen after its dependent has settled the doubt without a read.
    if (!entry.isTerminating && this.graph.hasDoubtfulOwner(entry)) await this.collect(entry, signal);
  }

  /** Decides by the object as it is now, and deletes it only as long as it stays so. Rules: C70, C71, C77. */
  private async collect(entry: Entry, signal: AbortSignal): Promise<void> {
    const live = await this.live(entry, signal);
    if (!live || live.metadata.deletionTimestamp !== undefined) return;
    const owners: JudgedOwner[] = [];
    for (const reference of live.metadata.ownerReferences ?? []) {
      const state = await this.owners.state(reference, entry, signal);
      this.warnOfNamespace(live, reference, state !== 'dangling' && state !== 'unknown');
      if (state === 'unknown') this.unresolved.add(entry.uid);
      owners.push({ reference, state });
    }
    const dependents = this.graph.dependentsOf(entry.uid);
    const verdict = judge({ owners, finalizers: live.metadata.finalizers ?? [], hasDependents: dependents.length > 0, dependentWaits: dependents.some(waitsForDependents) });
    switch (verdict.type) {
      case 'keep': return;
      case 'unlink': await this.setOwners(entry, live, verdict.owners); return;
      case 'delete': await this.delete(entry, live, verdict.propagation); return;
      case 'breakCycle': {
        const unblocked = await this.setOwners(entry, live, (live.metadata.ownerReferences ?? []).map((owner) => ({ ...owner, blockOwnerDeletion: false })));
        await this.delete(entry, unblocked, 'Foreground');
      }
    }
  }

  /** Foreground: the owner goes when nothing that blocks is left; until then its dependents are looked at. Rule: C72. */
  private async release(entry: Entry, signal: AbortSignal): Promise<void> {
    const blocking = this.graph.blockingDependentsOf(entry.uid);
    if (blocking.length > 0) {
      this.look(blocking.filter((dependent) => !waitsForDependents(dependent)).map(({ uid }) => uid));
      return;
    }
    const live = await this.live(entry, signal);
    if (live) await this.dropFinalizer(entry, live, 'foregroundDeletion');
  }

  /** Orphan: every dependent first loses its reference, then the owner its finalizer. Rule: C73. */
  private async orphan(entry: Entry, signal: AbortSignal): Promise<void> {
    for (const dependent of this.graph.dependentsOf(entry.uid)) {
      const live = await this.live(dependent, signal);
      const owners = live?.metadata.ownerReferences ?? [];
      if (live && owners.some(({ uid }) => uid === entry.uid)) await this.setOwners(dependent, live, owners.filter(({ uid }) => uid !== entry.uid));
    }
    const live = await this.live(entry, signal);
    if (live) await this.dropFinalizer(entry, live, 'orphan');
  }

  /** The object as it is now; one that is gone, or another under its name, leaves the graph. */
  private async live(entry: Entry, signal: AbortSignal): Promise<KubeObject | undefined> {
    const live = await this.context.client.get(entry.kind, { name: entry.name, namespace: entry.namespace }, { live: true, signal });
    if (live?.metadata.uid === entry.uid) return live;
    this.look(this.graph.remove(entry.uid));
    return undefined;
  }

  private setOwners(entry: Entry, live: KubeObject, owners: readonly OwnerReference[]): Promise<KubeObject> {
    const { resourceVersion } = live.metadata;
    return this.context.client.patch(entry.kind, live, { metadata: { resourceVersion, ownerReferences: owners.length > 0 ? owners : null } });
  }

  private async dropFinalizer(entry: Entry, live: KubeObject, finalizer: string): Promise<void> {
    const { resourceVersion, finalizers = [] } = live.metadata;
    if (!finalizers.includes(finalizer)) return;
    const left = finalizers.filter((name) => name !== finalizer);
    await this.context.client.patch(entry.kind, live, { metadata: { resourceVersion, finalizers: left.length > 0 ? left : null } });
  }

  private async delete(entry: Entry, live: KubeObject, propagation: 'Background' | 'Foreground' | 'Orphan'): Promise<void> {
    const { uid, resourceVersion } = live.metadata;
    await this.context.client.delete(entry.kind, live, { propagation, preconditions: { uid, resourceVersion } });
  }

  /** A reference across namespaces, or from a cluster-scoped object into one, never holds (C69). */
  private warnOfNamespace(object: KubeObject, reference: OwnerReference, holds: boolean): void {
    const owner = this.graph.get(reference.uid);
    const kind = owner?.kind;
    if (holds || !owner || !kind?.namespaced || owner.namespace === object.metadata.namespace) return;
    this.context.recorder.record(object, 'Warning', 'OwnerRefInvalidNamespace', `ownerRef [${reference.apiVersion}/${reference.kind}, namespace: ${object.metadata.namespace ?? ''}, name: ${reference.name}, uid: ${reference.uid}] does not exist in namespace "${object.metadata.namespace ?? ''}"`);
  }
}

import { groupOf, type AnyKind, type KubeObject, type OwnerReference } from '../../core/index.js';

/** What the collector knows of one object. */
export interface Entry {
  readonly kind: AnyKind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly uid: string;
  readonly owners: readonly OwnerReference[];
  readonly finalizers: readonly string[];
  readonly isTerminating: boolean;
}

/** Waits in deletion until its blocking dependents are gone. */
export function waitsForDependents(entry: Entry): boolean {
  return entry.isTerminating && entry.finalizers.includes('foregroundDeletion');
}

/** Waits in deletion until its dependents are let go. */
export function waitsForOrphans(entry: Entry): boolean {
  return entry.isTerminating && entry.finalizers.includes('orphan');
}

/** Whether the reference, seen from `dependent`, means exactly this object. Rules: C68, C69. */
export function refersTo(reference: OwnerReference, dependent: Pick<Entry, 'namespace'>, entry: Entry): boolean {
  return reference.uid === entry.uid && reference.name === entry.name && reference.kind === entry.kind.kind && groupOf(reference.apiVersion) === entry.kind.group
    && (!entry.kind.namespaced || entry.namespace === dependent.namespace);
}

/**
 * Who owns whom, by uid. Adding an object costs its owners, removing one its dependents. The methods answer the uids
 * that have to be looked at because of the change. Rules: C67, C76.
 */
export class Graph {
  private readonly entries = new Map<string, Entry>();
  /** By owner uid, whether the owner was seen or not. */
  private readonly dependents = new Map<string, Set<string>>();

  get(uid: string): Entry | undefined {
    return this.entries.get(uid);
  }

  get size(): number { return this.entries.size; }

  /** Objects whose owners are not all certain, or that wait in deletion: what a new leader has to look at. */
  *doubtful(): Iterable<string> {
    for (const entry of this.entries.values()) if (this.hasDoubtfulOwner(entry) || waitsForOrphans(entry) || waitsForDependents(entry)) yield entry.uid;
  }

  dependentsOf(uid: string): readonly Entry[] {
    return [...this.dependents.get(uid) ?? []].flatMap((dependent) => this.entries.get(dependent) ?? []);
  }

  /** Those that hold the owner until they are gone (C72). */
  blockingDependentsOf(uid: string): readonly Entry[] {
    return this.dependentsOf(uid).filter(({ owners }) => owners.some((owner) => owner.uid === uid && owner.blockOwnerDeletion === true));
  }

  set(kind: AnyKind, object: KubeObject): readonly string[] {
    const entry = entryOf(kind, object);
    const before = this.entries.get(entry.uid);
    this.entries.set(entry.uid, entry);
    for (const { uid } of before?.owners ?? []) if (!entry.owners.some((owner) => owner.uid === uid)) this.unlink(uid, entry.uid);
    for (const { uid } of entry.owners) this.link(uid, entry.uid);
    const look = new Set<string>();
    if (this.hasDoubtfulOwner(entry)) look.add(entry.uid);
    if (waitsForOrphans(entry)) look.add(entry.uid);
    if (waitsForDependents(entry) && !(before && waitsForDependents(before))) {
      look.add(entry.uid);
      for (const uid of this.dependents.get(entry.uid) ?? []) look.add(uid);
    }
    // A reference that went or blocks no more may have been the last that held a waiting owner.
    for (const { uid } of before?.owners ?? []) if (this.isWaiting(uid)) look.add(uid);
    return [...look];
  }

  remove(uid: string): readonly string[] {
    const entry = this.entries.get(uid);
    if (!entry) return [];
    this.entries.delete(uid);
    for (const owner of entry.owners) this.unlink(owner.uid, uid);
    return [...(this.dependents.get(uid) ?? []), ...entry.owners.map((owner) => owner.uid).filter((owner) => this.isWaiting(owner))];
  }

  /** Whether some owner of it is unknown, not the one meant, or waiting for its dependents. */
  hasDoubtfulOwner(entry: Entry): boolean {
    return entry.owners.some((reference) => {
      const owner = this.entries.get(reference.uid);
      return !owner || !refersTo(reference, entry, owner) || waitsForDependents(owner);
    });
  }

  private isWaiting(uid: string): boolean {
    const entry = this.entries.get(uid);
    return entry !== undefined && waitsForDependents(entry);
  }

  private link(owner: string, dependent: string): void {
    const set = this.dependents.get(owner) ?? new Set();
    this.dependents.set(owner, set);
    set.add(dependent);
  }

  private unlink(owner: string, dependent: string): void {
    const set = this.dependents.get(owner);
    set?.delete(dependent);
    if (set?.size === 0) this.dependents.delete(owner);
  }
}

const none: readonly never[] = Object.freeze([]);

function entryOf(kind: AnyKind, { metadata }: KubeObject): Entry {
  return {
    kind, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid,
    owners: metadata.ownerReferences ?? none, finalizers: metadata.finalizers ?? none, isTerminating: metadata.deletionTimestamp !== undefined,
  };
}

import { groupOf, type AnyKind, type Client, type OwnerReference } from '../../core/index.js';
import { refersTo, waitsForDependents, type Entry, type Graph } from './graph.js';
import type { OwnerState } from './plan.js';

/** Absent owners that are remembered (C68). */
const mostAbsent = 500;

/** Finds out about owners: from the graph where it is certain, else by a live read. Rules: C68, C69, C75. */
export class OwnerLookup {
  private readonly absent = new Set<string>();

  constructor(private readonly graph: Graph, private readonly kindOf: (group: string, kind: string) => AnyKind | undefined, private readonly client: Client) {}

  async state(reference: OwnerReference, dependent: Pick<Entry, 'namespace'>, signal: AbortSignal): Promise<OwnerState> {
    const entry = this.graph.get(reference.uid);
    if (entry && refersTo(reference, dependent, entry)) return waitsForDependents(entry) ? 'waiting' : 'solid';
    const id = [reference.apiVersion, reference.kind, dependent.namespace ?? '', reference.name, reference.uid].join('\n');
    if (this.absent.has(id)) return 'dangling';
    const kind = this.kindOf(groupOf(reference.apiVersion), reference.kind);
    if (!kind || (kind.namespaced && dependent.namespace === undefined)) return 'unknown';
    const live = await this.client.get(kind, { name: reference.name, namespace: kind.namespaced ? dependent.namespace : undefined }, { live: true, signal });
    if (live?.metadata.uid === reference.uid) return live.metadata.deletionTimestamp !== undefined && (live.metadata.finalizers ?? []).includes('foregroundDeletion') ? 'waiting' : 'solid';
    this.remember(id);
    return 'dangling';
  }

  /** After a list nobody knows what happened before it: a store that was restored has owners again that were gone. */
  forgetAbsent(): void {
    this.absent.clear();
  }

  private remember(id: string): void {
    this.absent.add(id);
    const [oldest] = this.absent;
    if (this.absent.size > mostAbsent && oldest !== undefined) this.absent.delete(oldest);
  }
}

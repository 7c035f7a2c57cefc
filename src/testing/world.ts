import { keyOf, Lease, type Key, type Kind, type KubeObject, type Ref } from '../core/index.js';
import type { StoreBatch } from '../core/store/store.js';

/** What is stored, at one revision; read-only. Rule: M31 (without `process` and `node`). */
export interface World {
  readonly revision: string;
  /** Virtual milliseconds since the run began. */
  readonly now: number;
  list<T extends KubeObject>(kind: Kind<T, unknown>): readonly T[];
  get<T extends KubeObject>(kind: Kind<T, unknown>, ref: Ref): T | undefined;
  /** Who holds the Lease of this name, as it says itself. */
  leader(name: string): string | undefined;
  /** All states that objects with this key had, of whatever kind, oldest first. */
  history(key: Key): readonly KubeObject[];
  /** State of a service model, by its class. */
  service<M>(model: abstract new (...args: never) => M): M;
}

/** Keeps the world in step with the store's log. */
export class WorldLog {
  revision = '0';
  readonly view: World;
  private readonly byKind = new Map<string, Map<string, KubeObject>>();
  private readonly kindOf = new Map<string, string>();
  private readonly states = new Map<Key, KubeObject[]>();

  constructor(now: () => number, service: World['service']) {
    const self = this;
    this.view = Object.freeze<World>({
      get revision() { return self.revision; },
      get now() { return now(); },
      // Objects are filed under the kind that they say they are.
      list: <T extends KubeObject>(kind: Kind<T, unknown>) => [...self.of(kind).values()] as unknown as readonly T[],
      get: (kind, ref) => self.find(kind, ref),
      leader: (name) => self.view.list(Lease).find((lease) => lease.metadata.name === name)?.spec?.holderIdentity || undefined,
      history: (key) => self.states.get(key) ?? [],
      service,
    });
  }

  apply(batch: StoreBatch<KubeObject>): void {
    this.revision = batch.revision.toString();
    for (const event of batch.events) {
      const old = this.kindOf.get(event.key);
      if (event.type === 'put' && event.value !== undefined && typeof event.value.metadata === 'object') {
        const id = `${event.value.apiVersion}/${event.value.kind}`;
        if (old !== undefined && old !== id) this.byKind.get(old)?.delete(event.key);
        let objects = this.byKind.get(id);
        if (!objects) this.byKind.set(id, objects = new Map<string, KubeObject>());
        objects.set(event.key, event.value);
        this.kindOf.set(event.key, id);
        const key = keyOf(event.value);
        const states = this.states.get(key);
        if (states) states.push(event.value);
        else this.states.set(key, [event.value]);
      } else if (old !== undefined) {
        this.byKind.get(old)?.delete(event.key);
        this.kindOf.delete(event.key);
      }
    }
  }

  *all(): Iterable<KubeObject> {
    for (const objects of this.byKind.values()) yield* objects.values();
  }

  private of(kind: Kind<KubeObject, unknown>): ReadonlyMap<string, KubeObject> {
    return this.byKind.get(`${kind.apiVersion}/${kind.kind}`) ?? new Map<string, KubeObject>();
  }

  private find<T extends KubeObject>(kind: Kind<T, unknown>, ref: Ref): T | undefined {
    const key = keyOf(ref, kind.namespaced ? 'default' : undefined);
    for (const object of this.of(kind).values()) if (keyOf(object) === key) return object as T; // filed under its kind
    return undefined;
  }
}

import { qualifiedKind, type AnyKind } from '../../resource/kind.js';
import type { KubeObject } from '../../resource/object.js';
import type { Clock } from '../../runtime/clock.js';
import type { LeaseId, StoreHandle } from '../../store/store.js';

/** Objects that share a lease, and for how long one takes in more (S51). */
const mostObjects = 1_000;
const openMs = 60_000;

/** Events expire: they are stored with a lease of the store, shared among many. Rules: A64, S51. */
export class ExpiryLeases {
  readonly #store: StoreHandle<KubeObject>;
  readonly #clock: Clock;
  readonly #ttlSeconds: number;
  #current: { readonly id: Promise<LeaseId>; readonly since: number; objects: number } | undefined;

  /** `ttlSeconds` 0: events stay. */
  constructor(store: StoreHandle<KubeObject>, clock: Clock, ttlSeconds: number) {
    this.#store = store;
    this.#clock = clock;
    this.#ttlSeconds = ttlSeconds;
  }

  /** Of no caller's signal: others wait for the same lease. */
  async leaseFor(kind: AnyKind): Promise<LeaseId | undefined> {
    if (this.#ttlSeconds <= 0 || !expires(kind)) return undefined;
    const now = this.#clock.now();
    const known = this.#current;
    const openFor = Math.min(openMs, this.#ttlSeconds * 50);
    if (known && known.objects < mostObjects && now - known.since < openFor) {
      known.objects++;
      return known.id;
    }
    const made = { id: this.#store.lease.grant(this.#ttlSeconds).then(({ id }) => id), since: now, objects: 1 };
    this.#current = made;
    made.id.catch(() => { if (this.#current === made) this.#current = undefined; });
    return made.id;
  }
}

function expires(kind: AnyKind): boolean {
  const name = qualifiedKind(kind);
  return name === 'Event' || name === 'Event.events.k8s.io';
}

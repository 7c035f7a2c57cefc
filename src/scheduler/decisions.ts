/** Where a pod was put, and how close it was. */
export interface PlacementRecord {
  readonly uid: string;
  readonly node: string;
  /** Undefined: only one node would do, nothing was scored. */
  readonly total: number | undefined;
  readonly runnerUp: string | undefined;
  /** Total less the runner-up's. */
  readonly margin: number | undefined;
  readonly ties: number;
  readonly attempt: number;
  /** Of the snapshot that was looked at. */
  readonly revision: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const kept = 10_000;

/** The last decisions, in a ring. Rule: K122. */
export class Decisions {
  readonly #ring: PlacementRecord[] = [];
  readonly #byUid = new Map<string, PlacementRecord>();
  #next = 0;

  add(decision: PlacementRecord): void {
    const old = this.#ring[this.#next];
    if (old && this.#byUid.get(old.uid) === old) this.#byUid.delete(old.uid);
    this.#ring[this.#next] = decision;
    this.#byUid.set(decision.uid, decision);
    this.#next = (this.#next + 1) % kept;
  }

  /** The last one of this pod, if it is not forgotten. */
  of(uid: string): PlacementRecord | undefined {
    return this.#byUid.get(uid);
  }
}

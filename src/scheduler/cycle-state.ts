import type { types } from '../core/index.js';

/** A typed place in the state of a cycle. */
export interface Slot<T> {
  readonly [types]: { readonly slot: T };
}

/** What the plugins of one pod's attempt tell each other; gone after the attempt. Rule: K19. */
export interface CycleState {
  read<T>(slot: Slot<T>): T | undefined;
  /** @throws TypeError after the attempt has ended (K117). */
  write<T>(slot: Slot<T>, value: T): void;
}

interface SlotParts {
  readonly name: string;
  readonly clone: ((value: unknown) => unknown) | undefined;
}

/**
 * Makes a slot. `clone` copies the value for trials that change it; without one the value is frozen and shared.
 *
 * @example
 * const wanted = cycleState<{ readonly zone: string }>('zone');
 */
export function cycleState<T>(name: string, o: { clone?(value: T): T } = {}): Slot<T> {
  const parts: SlotParts = { name, clone: o.clone as SlotParts['clone'] };
  // The value type lives in the type only; `types` has no run-time presence.
  return Object.freeze(parts) as unknown as Slot<T>;
}

/** The state of one attempt, as the framework sees it. */
export class AttemptState implements CycleState {
  readonly #values: Map<Slot<unknown>, unknown>;
  #ended = false;

  constructor(values: ReadonlyMap<Slot<unknown>, unknown> = new Map()) {
    this.#values = new Map(values);
  }

  read<T>(slot: Slot<T>): T | undefined {
    return this.#values.get(slot) as T | undefined;
  }

  write<T>(slot: Slot<T>, value: T): void {
    if (this.#ended) throw new TypeError('the state of a cycle that has ended cannot be written');
    // Shared between trials and with whoever keeps it: a value that cannot be cloned must not change.
    if (partsOf(slot).clone === undefined && typeof value === 'object' && value !== null) Object.freeze(value);
    this.#values.set(slot, value);
  }

  /** A copy for a trial (nominated pods, preemption). */
  clone(): AttemptState {
    const copy = new AttemptState();
    for (const [slot, value] of this.#values) copy.#values.set(slot, partsOf(slot).clone?.(value) ?? value);
    return copy;
  }

  /** Ends writing; what was read stays as it was (K117). */
  end(): void {
    this.#ended = true;
  }
}

function partsOf(slot: Slot<unknown>): SlotParts {
  // Slots are only made by `cycleState`.
  return slot as unknown as SlotParts;
}

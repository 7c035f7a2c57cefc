import { equal } from '../../resource/json/equal.js';
import type { KubeObject } from '../../resource/object.js';
import { ownerId } from './managed-fields.js';
import type { Writer } from './ownership.js';

type Applier = Pick<Writer, 'manager' | 'apiVersion' | 'subresource'>;

/**
 * The apply that last changed nothing, for each stored object. What an apply does depends on its body, its manager and
 * the stored object alone, and this one is frozen: an equal body to the very same object changes nothing again, however
 * often a controller says what it wants. With or without force, for a conflict needs a change.
 *
 * Holds at most one body for an object, and only as long as the object itself is held.
 *
 * Rules: A54.
 */
export class NoopApplies {
  readonly #last = new WeakMap<KubeObject, { readonly id: string; readonly applied: object }>();

  has(live: KubeObject, applier: Applier, applied: object): boolean {
    const last = this.#last.get(live);
    return last !== undefined && last.id === idOf(applier) && equal(last.applied, applied);
  }

  /** `applied` is a tree that nobody changes any more. */
  remember(live: KubeObject, applier: Applier, applied: object): void {
    this.#last.set(live, { id: idOf(applier), applied });
  }
}

function idOf(applier: Applier): string {
  const { manager, apiVersion, subresource } = applier;
  return ownerId({ manager, apiVersion, operation: 'Apply', ...(subresource === undefined ? {} : { subresource }) });
}

import type { AppEvent, KubeObject } from '../core/index.js';
import { keyOf, Lease, Event } from '../core/index.js';
import type { WriteSeen } from './connection.js';
import type { World } from './world.js';

/** What a run was found guilty of. Rule: M41 (without evidence beyond the trace). */
export interface Violation {
  readonly oracle: 'O1' | 'O3' | 'O4' | 'O6' | 'O7' | 'NonDeterministic';
  readonly name: string;
  readonly revision: string;
  /** Virtual milliseconds. */
  readonly time: number;
  readonly cause: string;
  readonly actor?: string;
}

/** O1: what is still to come true; undefined when the state is the wanted one. */
export function unconverged(world: World, objects: Iterable<KubeObject>, primaries: ReadonlySet<string>, converged: ((world: World) => boolean) | undefined): string | undefined {
  for (const object of objects) {
    const isPrimary = primaries.has(`${object.apiVersion}/${object.kind}`);
    if (isPrimary && object.metadata.deletionTimestamp !== undefined) return `${object.kind} ${keyOf(object)} is still being deleted`;
    const observed = (object.status as { readonly observedGeneration?: unknown } | undefined)?.observedGeneration;
    if (typeof observed === 'number' && observed !== object.metadata.generation) return `${object.kind} ${keyOf(object)} has generation ${object.metadata.generation}, observed ${observed}`;
  }
  if (converged === undefined) return undefined;
  try {
    return converged(world) ? undefined : 'converged() is false';
  } catch (error) {
    return `converged() throws: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** O3: the first invariant that does not hold. */
export function brokenInvariant(world: World, invariants: { readonly [name: string]: (world: World) => boolean }): { readonly name: string; readonly cause: string } | undefined {
  for (const [name, holds] of Object.entries(invariants)) {
    try {
      if (!holds(world)) return { name, cause: 'it is false' };
    } catch (error) {
      return { name, cause: `it throws: ${error instanceof Error ? error.message : String(error)}` };
    }
  }
  return undefined;
}

/** O4: a write that no controller makes at rest. Leases are signs of life, and Events are reports. */
export function isRestless(write: WriteSeen): boolean {
  return write.changed && write.kind !== Lease && write.kind !== Event;
}

/** O4: reconciles at rest, but for those that were asked for. */
export class RestCounter {
  private readonly runs = new Map<string, number>();

  /** The key that ran too often; undefined while all is well. */
  count(actor: string, event: AppEvent): string | undefined {
    if (event.type !== 'reconciled' && event.type !== 'reconcileFailed') return undefined;
    if (event.type === 'reconciled' && event.reasons.some(({ source }) => source === 'requeue' || source.startsWith('trigger') || source === 'resync')) return undefined;
    const id = `${actor} ${event.controller} ${event.key}`;
    const runs = (this.runs.get(id) ?? 0) + 1;
    this.runs.set(id, runs);
    return runs > 2 ? id : undefined;
  }
}

/** O7: a failure of the code, not of the world: written to a frozen object, or thrown what is no Error. */
export function strayFailure(event: AppEvent): string | undefined {
  if (event.type !== 'reconcileFailed') return undefined;
  for (let error: unknown = event.error; error instanceof Error; error = error.cause) {
    if (error instanceof TypeError && /read only|not extensible|Cannot (delete|assign|add|define)/.test(error.message)) return `${event.controller} wrote to a frozen object of ${event.key}: ${error.message}`;
    if ((error as { readonly code?: unknown }).code === 'NonErrorThrown') return `${event.controller} threw a value that is no Error for ${event.key}`;
  }
  return undefined;
}

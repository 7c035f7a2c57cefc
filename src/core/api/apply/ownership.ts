import type { JsonSchema } from '../../resource/schema.js';
import type { KubeObject, ManagedFieldsEntry } from '../../resource/object.js';
import type { StatusCause } from '../../resource/status.js';

/** Who writes, and how an entry of managedFields calls that (A52, A53). */
export interface Writer {
  readonly manager: string;
  readonly apiVersion: string;
  /** RFC 3339 in whole seconds; goes only into entries that this write changes. */
  readonly time: string;
  readonly subresource?: string | undefined;
  /**
   * Top-level parts that this door resets, so they are never owned here: `['status']` for the main resource of a kind
   * with a status subresource, `['spec', 'metadata']` through `/status` (A55).
   */
  readonly resets?: readonly string[] | undefined;
}

export interface UpdateOwnership extends Writer {
  /** Schema of the whole object, from `objectSchema`. */
  readonly schema: JsonSchema;
  /** The stored object; undefined for a create. */
  readonly before: KubeObject | undefined;
  /** What is about to be stored. Its own `metadata.managedFields` counts as sent by the client (A53). */
  readonly after: object;
}

export interface ApplyOwnership extends Writer {
  /** Schema of the whole object, from `objectSchema`. */
  readonly schema: JsonSchema;
  /** The stored object; undefined when the apply creates it. */
  readonly live: KubeObject | undefined;
  /** The body of the apply, with `metadata.managedFields` absent (A48). */
  readonly applied: object;
  readonly force?: boolean | undefined;
}

/** One field that another manager holds with another value. */
export interface Conflict {
  /** As the message names the holder: `"alice"`, `"kubectl-edit" using apps/v1 at 2030-01-01T00:00:00Z`. */
  readonly manager: string;
  /** `.spec.replicas` */
  readonly field: string;
}

export type ApplyOutcome =
  /** `object` is the merged one without managedFields; `managedFields` is the same array as before when nothing changed. */
  | { readonly outcome: 'applied'; readonly object: KubeObject; readonly managedFields: readonly ManagedFieldsEntry[] }
  /** 409 Conflict with this message and these causes (A50). */
  | { readonly outcome: 'conflict'; readonly message: string; readonly conflicts: readonly Conflict[]; readonly causes: readonly StatusCause[] }
  /** 422 Invalid with these causes: the applied lists themselves are wrong (A51). */
  | { readonly outcome: 'invalid'; readonly causes: readonly StatusCause[] };

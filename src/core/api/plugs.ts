import { definition, type AnyKind } from '../resource/kind.js';
import type { KubeObject } from '../resource/object.js';
import type { StatusCause } from '../resource/status.js';
import type { Clock } from '../runtime/clock.js';
import type { Random } from '../runtime/random.js';
import type { Api, Written, WriteParams } from './api.js';

/** Objects are changed before they are frozen, so strategies see them as plain mutable trees. */
export type MutableObject = { apiVersion: string; kind: string; metadata: { [field: string]: unknown; name?: string; namespace?: string }; [field: string]: unknown };

/** What plug-ins may lean on. */
export interface PlugContext {
  readonly clock: Clock;
  readonly random: Random;
  /** Reads of other kinds, for admission (priority classes, namespaces …). */
  readonly api: Pick<Api, 'get' | 'list'>;
}

/** What only this kind does on its way into the store (A1: "strategy"). All members are optional. */
export interface Strategy {
  /** Fills in what depends on other fields; the schema's own defaults are in already (T9). */
  default?(object: MutableObject): void;
  /** Clears and sets what a create may not decide (a pod's phase, for example). */
  prepareForCreate?(object: MutableObject, context: PlugContext): void;
  /** A create keeps the status that it is given, although the kind has a status subresource (nodes register with theirs). */
  readonly keepsStatusOnCreate?: boolean;
  /** Puts back what an update may not change silently. */
  prepareForUpdate?(object: MutableObject, old: KubeObject, context: PlugContext): void;
  validate?(object: KubeObject): readonly StatusCause[];
  /** What only a new object may not have, besides `validate`. */
  validateCreate?(object: KubeObject): readonly StatusCause[];
  /** What may not change, besides `validate`. */
  validateUpdate?(object: KubeObject, old: KubeObject): readonly StatusCause[];
  /** What a status may not say. */
  validateStatus?(object: KubeObject, old: KubeObject): readonly StatusCause[];
  /** What is accepted and hardly meant; `old` of an update (A8). */
  warnings?(object: KubeObject, old: KubeObject | undefined): readonly string[];
  /** Annotations count as a change of the object (deployments): its generation goes up with them (A35). */
  readonly countsAnnotations?: boolean;
  /** Seconds that a delete leaves the object to end in order; undefined: kind without grace (A60). */
  gracePeriodSeconds?(object: KubeObject, asked: number | undefined): number | undefined;
  /** When no policy is asked for (A61). */
  readonly defaultPropagation?: 'Background' | 'Orphan';
  /** Kinds that answer a delete with the object instead of a Status (A57). */
  readonly returnsDeleted?: boolean;
  /** The spec's own finalizers, as namespaces have: while this is true a delete only marks (A98). */
  holdsDeletion?(object: KubeObject): boolean;
  /** What deleting changes besides the deletion timestamp (a namespace's phase). */
  prepareForDelete?(object: MutableObject): void;
}

/** A part with verbs of its own (`binding`, `eviction`, `scale`, `finalize`). */
export interface SubresourceHandler {
  /** `change` runs in a read–compare–write loop: it gets the present object and answers the next one. */
  create?(request: SubresourceRequest): Promise<Written>;
  update?(request: SubresourceRequest): Promise<Written>;
  get?(request: SubresourceRequest): Promise<KubeObject>;
  /** The fields that it changes belong to nobody (binding), or to whom it says itself (scale). */
  readonly ownsNothing?: boolean;
}

/** Which object, in which version, a change is for. */
export interface ChangePreconditions {
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  /** As whose refusal another one is told: the reference's store, its delete, or an update (A31, A59, A67). */
  readonly toldBy: 'store' | 'delete' | 'update';
}

export interface SubresourceRequest extends PlugContext {
  readonly kind: AnyKind;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly body: unknown;
  readonly params: WriteParams;
  /**
   * Compare-and-swap on the main object: `next` gets the stored one as a mutable copy and changes it, or throws an
   * ApiError. Repeated on a lost race.
   */
  change(next: (object: MutableObject) => void, preconditions?: ChangePreconditions): Promise<Written>;
  /** The api itself, for handlers that act through other verbs (eviction deletes). */
  readonly full: Api;
}

export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  readonly kind: AnyKind;
  readonly subresource: string | undefined;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly object: MutableObject | undefined;
  readonly oldObject: KubeObject | undefined;
  readonly dryRun: boolean;
}

export type AdmissionAnswer = void | { readonly deny: string; readonly code?: number; readonly causes?: readonly StatusCause[] } | { readonly warn: string };

/** Judges or alters before storing (A93–A95). A mutating plugin changes `request.object` in place. */
export interface AdmissionPlugin {
  readonly name: string;
  readonly type: 'mutating' | 'validating';
  /** Kinds it is asked for; left out: all. */
  handles?(request: AdmissionRequest): boolean;
  admit(request: AdmissionRequest, context: PlugContext): Promise<AdmissionAnswer> | AdmissionAnswer;
}

/** What a kind brings along besides its schema. */
export interface KindPlugs {
  readonly strategy?: Strategy;
  readonly subresources?: { readonly [name: string]: SubresourceHandler };
  readonly admission?: readonly AdmissionPlugin[];
}

/** The plugs of a kind. `definition.plugs` is opaque to the resource room, which may not know these interfaces. */
export function plugsOf(kind: AnyKind): KindPlugs {
  return (kind[definition].plugs ?? {}) as KindPlugs;
}

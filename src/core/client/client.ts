import type { Observable } from 'rxjs';
import type { Api, Fence } from '../api/api.js';
import type { ApplyInput, CreateInput, JsonPatchOp, MergePatch, Nulls, UpdateInput } from '../resource/inputs.js';
import type { AnyKind, Kind } from '../resource/kind.js';
import type { Key, KubeObject, Ref, ResourceVersion } from '../resource/object.js';
import type { Batch } from './delta.js';

export interface ListOptions {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | { readonly [label: string]: string } | undefined;
  readonly fieldSelector?: string | undefined;
  readonly limit?: number;
  readonly continue?: string;
}
export interface ObjectList<T> extends ReadonlyArray<T> {
  readonly resourceVersion: ResourceVersion;
  readonly continue?: string;
}
export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly signal?: AbortSignal;
}
/** In a reconcile reads are from the cache and see its own writes; `live` asks the API. */
export interface ReadOptions {
  readonly live?: boolean;
  readonly signal?: AbortSignal;
}
export interface DeleteOptions extends WriteOptions {
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly gracePeriodSeconds?: number;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface Reads {
  /** undefined when there is none. */
  readonly get: <T extends KubeObject>(kind: Kind<T, unknown>, ref: Ref, o?: ReadOptions) => Promise<T | undefined>;
  readonly list: <T extends KubeObject>(kind: Kind<T, unknown>, o?: ListOptions & ReadOptions) => Promise<ObjectList<T>>;
}
export interface Writes {
  readonly create: <T extends KubeObject, In>(kind: Kind<T, In>, object: CreateInput<NoInfer<In>>, o?: WriteOptions & { readonly owner?: false }) => Promise<T>;
  readonly apply: <T extends KubeObject, In>(kind: Kind<T, In>, object: ApplyInput<NoInfer<In>>, o?: WriteOptions & { readonly owner?: false; readonly force?: boolean }) => Promise<T>;
  readonly update: <T extends KubeObject>(kind: Kind<T, unknown>, object: UpdateInput<NoInfer<T>>, o?: WriteOptions) => Promise<T>;
  readonly patch: <T extends KubeObject, In>(kind: Kind<T, In>, ref: Ref, patch: MergePatch<NoInfer<In>> | readonly JsonPatchOp[], o?: WriteOptions & { readonly strategic?: boolean }) => Promise<T>;
  /** The last state; undefined when there was none. */
  readonly delete: <T extends KubeObject>(kind: Kind<T, unknown>, ref: Ref, o?: DeleteOptions) => Promise<T | undefined>;
  /** A part with verbs of its own: `subresource(Pod, 'binding').create(pod, body)`, `subresource(Node, 'status').patch(…)`. */
  readonly subresource: <T extends KubeObject>(kind: Kind<T, unknown>, name: string) => Subresource<T>;
}

/** A merge patch through a subresource, which may carry `status`. */
export interface SubresourcePatch<T extends KubeObject> {
  readonly metadata?: { readonly uid?: string | undefined; readonly resourceVersion?: string | undefined; readonly [field: string]: unknown };
  readonly spec?: Nulls<NonNullable<T['spec']>>;
  readonly status?: Nulls<NonNullable<T['status']>>;
}
export interface Subresource<T extends KubeObject> {
  get(ref: Ref, o?: ReadOptions): Promise<T | undefined>;
  create(ref: Ref, body: object, o?: WriteOptions): Promise<T>;
  update(object: T, o?: WriteOptions): Promise<T>;
  patch(ref: Ref, patch: SubresourcePatch<T> | readonly JsonPatchOp[], o?: WriteOptions): Promise<T>;
  apply(ref: Ref, body: object, o?: WriteOptions & { readonly force?: boolean }): Promise<T>;
}

export interface Client extends Reads, Writes {
  /** The current objects as one batch, then every change. Never errors. */
  watch$<T extends KubeObject>(kind: Kind<T, unknown>, o?: ListOptions): Observable<Batch<T>>;
}

/** What a write did, for those who must know their own writes (R10, I37). */
export type WriteReport =
  /** Before the request is sent (I38). `id` pairs it with its end. */
  | { readonly type: 'sent'; readonly id: number; readonly kind: AnyKind; readonly key: Key | undefined }
  | { readonly type: 'answered'; readonly id: number; readonly kind: AnyKind; readonly key: Key; readonly object: KubeObject;
      readonly verb: 'create' | 'update' | 'patch' | 'apply' | 'delete'; readonly appliedTo: ResourceVersion | undefined; readonly resourceVersion: ResourceVersion; readonly gone: boolean }
  /** Refused, nothing written. */
  | { readonly type: 'failed'; readonly id: number; readonly kind: AnyKind; readonly key: Key | undefined; readonly error?: unknown }
  /** Its answer was lost: a live read must settle it before the next write (R22, I39). */
  | { readonly type: 'unknown'; readonly id: number; readonly kind: AnyKind; readonly key: Key | undefined };

export interface ClientSettings {
  readonly api: Api;
  /** For bare names of namespaced kinds; default 'default'. */
  readonly namespace?: string;
  readonly fieldManager: string;
  /** Given for each write of a client bound to a term; throws `Fenced` when the term is over (L12, L19). */
  readonly fence?: () => Fence | undefined;
  readonly onWrite?: (report: WriteReport) => void;
  /** Every call of this client is given up when it aborts. */
  readonly signal?: AbortSignal;
}

/** A client without a cache: every read asks the api. What caches, terms and runs are wrapped round. */
export interface DirectClient extends Reads, Writes {
  readonly settings: ClientSettings;
}

import type { Observable } from 'rxjs';
import type { Batch } from '../client/delta.js';
import type { Ref, ResourceVersion } from '../resource/object.js';
import type { SetpointError } from '../runtime/errors.js';

export interface InformerOptions<T, I extends string = never> {
  readonly namespaces?: readonly string[];
  readonly labelSelector?: string | { readonly [label: string]: string };
  readonly fieldSelector?: string;
  readonly indexers?: { readonly [name in I]: (object: T) => readonly string[] };
  readonly transform?: (object: T) => T;
  /** Objects a page of a list; default 500. */
  readonly pageSize?: number;
  /** `any` lets the first read come from a server's cache that may be behind; default `mostRecent` (I3). */
  readonly listSemantic?: 'mostRecent' | 'any';
  /** Whether the first read may be a streaming list; default `auto` (I5). */
  readonly streaming?: 'auto' | 'never';
  /** Only apiVersion, kind and metadata are kept (I27). */
  readonly metadataOnly?: boolean;
}

export interface Cache<T, I extends string = never> {
  peek(ref: Ref): T | undefined;
  list(): readonly T[];
  byIndex(name: I | 'namespace', value: string): readonly T[];
  indexValues(name: I | 'namespace'): readonly string[];
  readonly seen: ResourceVersion;
  readonly size: number;
  waitFor(rv: ResourceVersion, o?: { readonly signal?: AbortSignal; readonly timeout?: number }): Promise<void>;
}

export interface InformerStatus {
  readonly phase: 'idle' | 'listing' | 'watching' | 'backoff' | 'absent' | 'stopped';
  readonly seen: ResourceVersion;
  readonly since: number;
  readonly fault?: SetpointError;
  readonly attempts: number;
  readonly nextAttempt?: number;
}

export interface InformerSubscription {
  unsubscribe(): void;
  readonly hasSynced: boolean;
  synced(): Promise<void>;
}

export interface Informer<T, I extends string = never> extends AsyncDisposable {
  readonly changes$: Observable<Batch<T>>;
  readonly status$: Observable<InformerStatus>;
  subscribe(handler: (batch: Batch<T>) => void | Promise<void>): InformerSubscription;
  readonly cache: Cache<T, I>;
  readonly hasSynced: boolean;
  ready(o?: { readonly signal?: AbortSignal; readonly timeout?: number }): Promise<void>;
  /** Adds an index and builds it from the cache before it returns (I24). */
  addIndex(name: string, values: (object: T) => readonly string[]): void;
}

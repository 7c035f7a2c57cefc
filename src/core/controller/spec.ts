import type { ObservableInput } from 'rxjs';
import type { AnyKind } from '../resource/kind.js';
import type { Key, KubeObject, Ref } from '../resource/object.js';
import type { Logger } from '../runtime/logger.js';
import type { Token } from '../runtime/token.js';
import type { MapContext, Reconcile } from './context.js';
import type { ControllerOptions } from './options.js';
import type { Outcome } from './outcome.js';
import type { Predicate } from './triggers/predicate.js';
import type { TriggerValue } from './triggers/trigger-value.js';

export interface OwnsSpec {
  readonly kind: AnyKind;
  readonly when?: Predicate<KubeObject>;
  readonly anyOwner?: boolean;
}

export interface WatchSpec {
  readonly kind: AnyKind;
  readonly map: (object: KubeObject, ctx: MapContext<KubeObject, string, KubeObject>, ...services: readonly unknown[]) => Iterable<Ref> | Promise<Iterable<Ref>>;
  readonly when?: Predicate<KubeObject>;
  readonly namespaces?: readonly string[];
}

export type TriggerSource = ObservableInput<Ref | TriggerValue>;
export interface TriggerSpec {
  readonly name: string;
  readonly keys: TriggerSource | ((ctx: { readonly signal: AbortSignal }, ...services: readonly unknown[]) => TriggerSource);
}

type Run<R> = (ctx: Reconcile<KubeObject>, ...services: readonly unknown[]) => Promise<R>;

/** What the builder collected: a controller as data. */
export interface ControllerSpec {
  readonly name: string;
  readonly kind: AnyKind;
  readonly options: ControllerOptions;
  readonly owns: readonly OwnsSpec[];
  readonly watches: readonly WatchSpec[];
  readonly triggers: readonly TriggerSpec[];
  readonly indexes: ReadonlyMap<string, (object: KubeObject) => readonly string[]>;
  readonly inject: readonly Token<unknown>[];
  readonly when?: Predicate<KubeObject>;
  readonly finalize?: Run<void>;
  readonly onGone?: (key: Key, ctx: { readonly signal: AbortSignal; readonly log: Logger }, ...services: readonly unknown[]) => Promise<void>;
  readonly reconcile: Run<Outcome<unknown> | undefined>;
}

/** The name of the controller's finalizer (R34). */
export function finalizerOf(spec: ControllerSpec): string {
  return spec.options.finalizer ?? `${spec.kind.group}/${spec.name}`;
}

import type { ObservableInput } from 'rxjs';
import { qualifiedKind, type AnyKind, type Kind } from '../resource/kind.js';
import type { Key, KubeObject, Ref } from '../resource/object.js';
import type { types } from '../runtime/brand.js';
import { ConfigError } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import type { Token, Tokens } from '../runtime/token.js';
import type { MapContext, Reconcile } from './context.js';
import type { ControllerHandle } from './controller-handle.js';
import type { ConditionTypes, Outcome, StatusIn, Strict } from './outcome.js';
import { checkOptions, finalizerProblems, type ControllerOptions } from './options.js';
import type { Predicate } from './triggers/predicate.js';
import { launch, type Runnable } from './runnable.js';
import { startController } from './shell.js';
import { finalizerOf, type ControllerSpec } from './spec.js';
import type { TriggerValue } from './triggers/trigger-value.js';

export interface Controller extends Runnable<ControllerHandle> {}

/** Says what a controller watches and does; `reconcile` completes it. Each call gives a new builder. */
export interface ControllerBuilder<T extends KubeObject, In, D extends readonly unknown[] = [], I extends string = never> {
  /** Changes of children whose controller owner is a T (R2). */
  owns<C extends KubeObject>(child: Kind<C, unknown>, o?: { readonly when?: Predicate<C>; readonly anyOwner?: boolean }): this;
  /** Changes of anything else, mapped to the T's that they concern (R3). */
  watches<C extends KubeObject>(kind: Kind<C, unknown>, map: (object: C, ctx: MapContext<T, I, C>, ...services: D) => Iterable<Ref> | Promise<Iterable<Ref>>, o?: { readonly when?: Predicate<C>; readonly namespaces?: readonly string[] }): this;
  /** Keys from outside: an observable, an async iterable, or a function of the injected services that gives one (R4). */
  trigger(keys: ObservableInput<Ref | TriggerValue> | ((ctx: { readonly signal: AbortSignal }, ...services: D) => ObservableInput<Ref | TriggerValue>), o?: { readonly name?: string }): this;
  /** An index over the T's, for map functions. */
  index<Name extends string>(name: Name, values: (object: T) => readonly string[]): ControllerBuilder<T, In, D, I | Name>;
  /** Services, handed to every function after its own arguments, in this order (R54). */
  inject<const N extends readonly unknown[]>(...tokens: Tokens<N>): ControllerBuilder<T, In, [...D, ...N], I>;
  /** Which changes of T start a run; default: generation, labels, annotations, finalizers or deletionTimestamp changed (R7). */
  when(predicate: Predicate<T>): this;
  /** Runs before the object goes, until it succeeds; may run more than once (R34, R35). */
  finalize(fn: (ctx: Reconcile<T, StatusIn<In>, ConditionTypes<In>>, ...services: D) => Promise<void>): this;
  /** Runs for a key without an object (R6). */
  onGone(fn: (key: Key, ctx: { readonly signal: AbortSignal; readonly log: Logger }, ...services: D) => Promise<void>): this;
  reconcile<R extends Outcome<StatusIn<In>, ConditionTypes<In>> | void>(
    fn: ((ctx: Reconcile<T, StatusIn<In>, ConditionTypes<In>>, ...services: D) => Promise<R>) & Strict<R, Outcome<StatusIn<In>, ConditionTypes<In>>>): Controller;
}

/**
 * A controller for a kind: `controller(Site).owns(Deployment).reconcile(async (ctx) => …)`.
 * @throws ConfigError when an option or the finalizer's name cannot be used.
 */
export function controller<T extends KubeObject, In>(kind: Kind<T, In>, options: ControllerOptions = {}): ControllerBuilder<T, In> {
  const name = options.name ?? kind.kind.toLowerCase();
  checkOptions(name, options);
  return builder<T, In>({ name, kind, options, owns: [], watches: [], triggers: [], indexes: new Map(), inject: [] });
}

// Inside, a controller is untyped: what the builder's types promise to users is erased here, once, for all of the room.
function builder<T extends KubeObject, In>(spec: Omit<ControllerSpec, 'reconcile'>): ControllerBuilder<T, In> {
  const next = (change: Partial<ControllerSpec>) => builder<T, In>({ ...spec, ...change });
  const made = {
    owns: (kind: AnyKind, o: object = {}) => next({ owns: [...spec.owns, { ...o, kind }] }),
    watches: (kind: AnyKind, map: never, o: object = {}) => next({ watches: [...spec.watches, { ...o, kind, map }] }),
    trigger: (keys: never, o: { readonly name?: string } = {}) => next({ triggers: [...spec.triggers, { name: o.name ?? `trigger-${spec.triggers.length + 1}`, keys }] }),
    index: (name: string, values: never) => next({ indexes: new Map([...spec.indexes, [name, values]]) }),
    inject: (...tokens: readonly Token<unknown>[]) => next({ inject: [...spec.inject, ...tokens] }),
    when: (when: never) => next({ when }),
    finalize: (finalize: never) => next({ finalize }),
    onGone: (onGone: never) => next({ onGone }),
    reconcile: (reconcile: never) => controllerOf({ ...spec, reconcile }),
  };
  return made as unknown as ControllerBuilder<T, In>;
}

function controllerOf(spec: ControllerSpec): Controller {
  if (spec.finalize && spec.options.finalizer === undefined && spec.kind.group === '') {
    throw new ConfigError([{ path: `controller ${spec.name}: finalizer`, message: `must be given for ${qualifiedKind(spec.kind)}, a kind of the core group` }], { hint: `controller(${spec.kind.kind}, { finalizer: 'example.com/${spec.name}' })` });
  }
  const problems = spec.finalize ? finalizerProblems(finalizerOf(spec)) : [];
  if (problems.length > 0) throw new ConfigError(problems.map((message) => ({ path: `controller ${spec.name}: finalizer`, message })));
  const made: Omit<Controller, typeof types> = {
    name: spec.name,
    [launch]: {
      type: 'part',
      kinds: [spec.kind, ...spec.owns.map((o) => o.kind), ...spec.watches.map((w) => w.kind)],
      inject: spec.inject,
      leader: spec.options.leader ?? true,
      start: (context) => startController(spec, context),
    },
  };
  return made as Controller;
}

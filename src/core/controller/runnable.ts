import type { Api } from '../api/api.js';
import type { Leadership, Term } from '../client/term.js';
import type { Client, WriteReport } from '../client/client.js';
import type { EventRecorder } from '../client/event-recorder.js';
import type { Informer, InformerOptions } from '../informer/informer.js';
import type { SharedInformer } from '../informer/shared-informer.js';
import type { AnyKind, Kind } from '../resource/kind.js';
import type { Key, KubeObject } from '../resource/object.js';
import type { types } from '../runtime/brand.js';
import type { SetpointError } from '../runtime/errors.js';
import type { Metric } from '../runtime/metrics.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Token } from '../runtime/token.js';
import type { Observable } from 'rxjs';
import type { Reason } from '../queue/queue.js';

export type { Leadership, Term };

/** How the manager starts a part; not for users, who have `runnable()`. */
export const launch: unique symbol = Symbol('setpoint.launch');

/** Something run() can run (controller-runtime has the word). H is what app.of(it) gives back. */
export interface Runnable<out H = unknown> {
  readonly [types]: { readonly handle: H };
  readonly name: string;
  readonly [launch]: Launch;
}

/** What stands behind a Runnable: either one part, or a set of them. */
export type Launch =
  | { readonly type: 'set'; readonly parts: readonly Runnable[] }
  | { readonly type: 'part'; readonly kinds: readonly AnyKind[]; readonly inject: readonly Token<unknown>[]; readonly leader: boolean; start(context: CoreContext): Running }
  /** Not started itself: another part asks for it (a scheduler plugin). */
  | { readonly type: 'extension'; readonly kinds: readonly AnyKind[]; readonly inject: readonly Token<unknown>[]; readonly value: unknown };

/** What a part is given. Everything it starts ends with it. */
export interface RunnableContext extends Runtime {
  readonly name: string;
  /** Cached reads that see this part's own writes; bound to the leader's term where there is one. */
  readonly client: Client;
  /** Tells people what happened to an object; merged and limited (R37). */
  readonly recorder: EventRecorder;
  /** A shared informer; released when the part ends. */
  informer<T extends KubeObject, const I extends string = never>(kind: Kind<T, unknown>, o?: InformerOptions<T, I>): Informer<T, I>;
  /** The value bound to a token that the part declared in `inject`. */
  resolve<T>(token: Token<T>): T;
  /** All values bound to a token that many may bind (inversify's multi-binding); empty when none is. */
  resolveAll<T>(token: Token<T>): readonly T[];
  /** Extensions given to the same app, each for its asker to recognise (a scheduler asks for its plugins). */
  extensions(): readonly unknown[];
  /** The kinds that the api serves, replayed and kept up to date (C67). */
  readonly kinds$: Observable<readonly AnyKind[]>;
  emit(event: AppEvent): void;
  /** This part cannot go on at all: the app stops in order, and `app.closed` rejects with the error (R50). */
  fail(error: SetpointError): void;
}

/** What parts of core itself get besides. */
export interface CoreContext extends RunnableContext {
  readonly api: Api;
  /**
   * A client with cached reads that see its own writes, in `namespaces` alone where they are given; its writes are
   * fenced by the term and told to `onWrite`.
   */
  connect(o: { readonly fieldManager: string; readonly onWrite?: (report: WriteReport) => void; readonly signal?: AbortSignal; readonly namespaces?: readonly string[] | undefined }): Client;
  /** Finds the app's informer of a selection while there is one. */
  findInformer(kind: AnyKind, o: InformerOptions<KubeObject>): () => SharedInformer<KubeObject> | undefined;
  /** The term under which this part writes; undefined while it does not lead. */
  readonly term: () => Term | undefined;
}

export interface DrainReport {
  readonly drained: number;
  readonly dropped: readonly Key[];
  readonly stuck: readonly Key[];
}

/** A part that was started. Until `lead` it watches and queues, but does nothing (R47). */
export interface Running<H = unknown> {
  readonly handle: H;
  /** Resolves when all its caches have synced; rejects with CacheSyncTimeout (R39). */
  ready(): Promise<void>;
  /** From here on it acts, until the term's signal aborts; then it is a standby again. */
  lead(term: Term): void;
  /** Work that is ready, in flight or in back-off (delays that were asked for do not count), for `settled()`. */
  busy(): boolean;
  /** Age of its oldest run that has not ended, in milliseconds; a run that never ends makes the app unhealthy (R51). */
  stuckForMs?(): number;
  /** Its figures, computed when asked for (Q45, R52). */
  metrics?(): readonly Metric[];
  /**
   * Ends work in order: what is in flight may finish until `deadlineMs` (R40, R45). Releases informers and timers.
   * Called again with an earlier deadline when there is a hurry.
   */
  stop(o: { readonly deadlineMs: number }): Promise<DrainReport>;
}

export type AppEvent =
  | { readonly type: 'reconciled'; readonly controller: string; readonly key: Key; readonly durationMs: number; readonly reasons: readonly Reason[] }
  | { readonly type: 'reconcileFailed'; readonly controller: string; readonly key: Key; readonly error: SetpointError; readonly attempt: number }
  | { readonly type: 'fault'; readonly part: string; readonly what: string; readonly error: SetpointError }
  | { readonly type: 'leadership'; readonly leadership: Leadership };

export interface RunnableOptions<H, D extends readonly unknown[]> {
  readonly name: string;
  /** Kinds that it touches, so that the api serves them. */
  readonly kinds?: readonly AnyKind[];
  readonly inject?: { readonly [I in keyof D]: Token<D[I]> };
  /** false: works on every replica, without a fence (R49). */
  readonly leader?: boolean;
  start(context: RunnableContext, ...services: D): Running<H>;
}

/** A part of your own, for what `controller()` does not fit: a scheduler, a collector, an agent. */
export function runnable<H, const D extends readonly unknown[] = []>(o: RunnableOptions<H, D>): Runnable<H> {
  const inject = (o.inject ?? []) as readonly Token<unknown>[];
  const part: Omit<Runnable<H>, typeof types> = {
    name: o.name,
    [launch]: {
      type: 'part', kinds: o.kinds ?? [], inject, leader: o.leader ?? true,
      // The tuple D was inferred from `inject`, so resolving in that order gives D.
      start: (context) => o.start(context, ...(inject.map((t) => context.resolve(t)) as unknown as D)),
    },
  };
  return part as Runnable<H>;
}

/** Several parts under one name. */
export function runnableSet(name: string, parts: readonly Runnable[]): Runnable {
  const set: Omit<Runnable, typeof types> = { name, [launch]: { type: 'set', parts } };
  return set as Runnable;
}

/** Something that another part asks for through `context.extensions()`. */
export function extension(o: { readonly name: string; readonly value: unknown; readonly inject?: readonly Token<unknown>[]; readonly kinds?: readonly AnyKind[] }): Runnable {
  const made: Omit<Runnable, typeof types> = { name: o.name, [launch]: { type: 'extension', kinds: o.kinds ?? [], inject: o.inject ?? [], value: o.value } };
  return made as Runnable;
}

import type { Api, WatchEvent } from '../api/api.js';
import { qualifiedResource, type AnyKind } from '../resource/kind.js';
import type { KubeObject, ResourceVersion } from '../resource/object.js';
import { unreachable } from '../runtime/assert.js';
import { alarm } from '../runtime/clock.js';
import type { SetpointError } from '../runtime/errors.js';
import type { Runtime } from '../runtime/runtime.js';
import { createWatchCore, type WatchCore, type WatchCoreOptions } from './watch-core.js';
import { failureOf, type ListRequest, type ObjectEvent, type WatchEffect, type WatchInput, type WatchRequest } from './watch-input.js';

export interface StreamTarget extends Pick<WatchCoreOptions, 'pageSize' | 'listSemantic' | 'streaming'> {
  readonly kind: AnyKind;
  readonly namespace: string | undefined;
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
}

/** What becomes of a stream's news; called synchronously, in order. */
export interface StreamSink {
  replace(items: readonly KubeObject[], rv: ResourceVersion): void;
  apply(events: readonly ObjectEvent[], rv: ResourceVersion): void;
  rolledBack(): void;
  synced(): void;
  fault(error: SetpointError): void;
  /** A request is sent. */
  asked(verb: 'list' | 'watch'): void;
  /** After each step, when all its effects are done. */
  stepped(): void;
}

export interface WatchStream {
  readonly core: Pick<WatchCore, 'state' | 'seen' | 'attempts'>;
  stop(): void;
}

/** Runs one watch core against the api: owns its requests and its timer, decides nothing. */
export function startWatchStream(api: Api, rt: Runtime, target: StreamTarget, sink: StreamSink): WatchStream {
  const resource = qualifiedResource(target.kind) + (target.namespace === undefined ? '' : ` in namespace ${target.namespace}`);
  const core = createWatchCore({ ...target, resource, seed: Math.floor(rt.random.next(`informer/${resource}`) * 2 ** 32) });
  const life = new AbortController();
  const open = new Map<number, AbortController>();
  const timer = alarm(rt.clock, life.signal, () => { feed({ type: 'tick' }); });
  const at = { namespace: target.namespace };
  const selectors = { labelSelector: target.labelSelector, fieldSelector: target.fieldSelector };

  const list = async (request: ListRequest, signal: AbortSignal) => {
    const { id, rv, match, limit } = request;
    let answer: WatchInput;
    try {
      const result = await api.list(target.kind, at, { ...selectors, signal, limit, continue: request.continue, resourceVersion: rv, resourceVersionMatch: match });
      answer = { type: 'listed', id, items: result.items, rv: result.resourceVersion, continue: result.continue };
    } catch (thrown) {
      answer = { type: 'failed', id, failure: failureOf(thrown, `list ${resource}`) };
    }
    end(answer, id);
  };
  const watch = async (request: WatchRequest, signal: AbortSignal) => {
    const { id, initialEvents, timeoutSeconds } = request;
    let answer: WatchInput = { type: 'ended', id };
    try {
      const stream: AsyncIterable<readonly WatchEvent[]> = api.watch(target.kind, at, {
        ...selectors, signal, timeoutSeconds, resourceVersion: request.rv, allowWatchBookmarks: true,
        ...(initialEvents ? { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' } : {}),
      });
      for await (const events of stream) {
        if (signal.aborted) return;
        feed({ type: 'events', id, events });
      }
    } catch (thrown) {
      answer = { type: 'failed', id, failure: failureOf(thrown, `watch ${resource}`) };
    }
    end(answer, id);
  };
  const end = (answer: WatchInput, id: number) => {
    if (open.delete(id)) feed(answer);
  };
  const ask = (id: number): AbortSignal => {
    const controller = new AbortController();
    open.set(id, controller);
    return controller.signal;
  };
  const perform = (effect: WatchEffect) => {
    switch (effect.type) {
      case 'list': sink.asked('list'); void list(effect, ask(effect.id)); break;
      case 'watch': sink.asked('watch'); void watch(effect, ask(effect.id)); break;
      case 'cancel': open.get(effect.id)?.abort(); open.delete(effect.id); break;
      case 'wakeAt': timer.set(effect.at); break;
      case 'replace': sink.replace(effect.items, effect.rv); break;
      case 'apply': sink.apply(effect.events, effect.rv); break;
      case 'synced': sink.synced(); break;
      case 'rolledBack': sink.rolledBack(); break;
      case 'fault': sink.fault(effect.error); break;
      default: unreachable(effect);
    }
  };
  const feed = (input: WatchInput) => {
    if (life.signal.aborted) return;
    for (const effect of core.step(input, rt.clock.now())) {
      // A subscriber may have ended all this while it was told.
      if (life.signal.aborted) return;
      perform(effect);
    }
    sink.stepped();
  };

  feed({ type: 'start' });
  return {
    core,
    stop() {
      if (life.signal.aborted) return;
      const effects = core.step({ type: 'stop' }, rt.clock.now());
      life.abort();
      effects.forEach(perform);
    },
  };
}

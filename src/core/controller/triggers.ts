import { defer, from, retry, timer, type Observable, type SchedulerLike } from 'rxjs';
import type { Reads } from '../client/client.js';
import type { Batch, Delta } from '../client/delta.js';
import type { Informer } from '../informer/informer.js';
import { priorities, type AddOptions } from '../queue/queue.js';
import type { AnyKind } from '../resource/kind.js';
import { keyOf, splitKey, type Key, type KubeObject, type Ref } from '../resource/object.js';
import { SetpointError, toError } from '../runtime/errors.js';
import type { MapContext } from './context.js';
import type { OwnEvents } from './own-events.js';
import { primaryChanged, resourceVersionChanged, type Predicate } from './predicate.js';
import { otherReason, primaryReason } from './reasons.js';
import type { ControllerSpec, OwnsSpec, TriggerSource, TriggerSpec, WatchSpec } from './spec.js';
import type { TriggerValue } from './trigger-value.js';
import type { CoreContext } from './runnable.js';

/** Where triggers put what they found, and what they need for it. */
export interface TriggerPorts {
  readonly spec: ControllerSpec;
  readonly context: CoreContext;
  readonly services: readonly unknown[];
  readonly own: OwnEvents;
  readonly primary: Informer<KubeObject, string>;
  readonly reads: Reads;
  add(key: Key, options: AddOptions): void;
}

/** The controller's own kind. Rules: R1, R6, R7. */
export function primaryHandler(ports: TriggerPorts): (batch: Batch<KubeObject>) => void {
  const when = ports.spec.when ?? primaryChanged;
  return (batch) => {
    for (const delta of batch.deltas) {
      if (!passes(ports, when, delta)) continue;
      ports.own.judge(ports.spec.kind, delta, () => {
        const reasons = [primaryReason(delta, batch.initial)];
        ports.add(delta.key, batch.initial ? { reasons, priority: priorities.initial } : { reasons, force: isCorrection(delta) });
      });
    }
  };
}

/** A user's correction is acted on at once, even in the middle of a long back-off (R1, Q33). */
function isCorrection(delta: Delta<KubeObject>): boolean {
  if (delta.type !== 'updated') return true;
  const { old, new: now } = delta;
  return old.metadata.uid !== now.metadata.uid || old.metadata.generation !== now.metadata.generation
    || (old.metadata.deletionTimestamp === undefined && now.metadata.deletionTimestamp !== undefined);
}

/** Children: the owners of the old and the new version, each once. Rule: R2. */
export function ownedHandler(ports: TriggerPorts, owns: OwnsSpec): (batch: Batch<KubeObject>) => void {
  return (batch) => {
    if (batch.initial) return; // the primaries' own initial batch brings every key
    for (const delta of batch.deltas) {
      if (!passes(ports, owns.when ?? resourceVersionChanged, delta)) continue;
      const keys = ownersOf(ports.spec.kind, delta, owns.anyOwner ?? false);
      if (keys.size === 0) continue;
      ports.own.judge(owns.kind, delta, () => {
        for (const [key, uid] of keys) {
          const primary = ports.primary.cache.peek(key);
          // Another uid under the name is another object: nobody's child triggers it.
          if (!primary || primary.metadata.uid === uid) ports.add(key, { reasons: [otherReason('owned', owns.kind.kind, delta)] });
        }
      });
    }
  };
}

function ownersOf(kind: AnyKind, delta: Delta<KubeObject>, anyOwner: boolean): ReadonlyMap<Key, string> {
  const keys = new Map<Key, string>();
  for (const object of sides(delta)) {
    for (const owner of object.metadata.ownerReferences ?? []) {
      if (!(anyOwner || owner.controller === true) || owner.kind !== kind.kind || groupOf(owner.apiVersion) !== kind.group) continue;
      keys.set(keyOf(owner.name, kind.namespaced ? object.metadata.namespace : undefined), owner.uid);
    }
  }
  return keys;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** Anything else, mapped by the user's function. Rule: R3. */
export function watchHandler(ports: TriggerPorts, watch: WatchSpec): (batch: Batch<KubeObject>) => void {
  return (batch) => {
    if (batch.initial) return;
    for (const delta of batch.deltas) {
      if (!passes(ports, watch.when ?? resourceVersionChanged, delta)) continue;
      ports.own.judge(watch.kind, delta, () => { void mapDelta(ports, watch, delta); });
    }
  };
}

async function mapDelta(ports: TriggerPorts, watch: WatchSpec, delta: Delta<KubeObject>): Promise<void> {
  try {
    const keys = new Set<Key>();
    for (const object of sides(delta)) {
      const context: MapContext<KubeObject, string, KubeObject> = {
        delta, log: ports.context.log, get: ports.reads.get, list: ports.reads.list,
        byIndex: (index, value) => ports.primary.cache.byIndex(indexName(ports.spec, index), value),
      };
      const mapped = watch.map(object, context, ...ports.services);
      // Awaited only when it is a promise, so that a plain function enqueues in the turn of its event.
      for (const ref of Symbol.iterator in mapped ? mapped : await mapped) keys.add(keyIn(ports.spec.kind, ref, object.metadata.namespace));
    }
    for (const key of keys) ports.add(key, { reasons: [otherReason('watched', watch.kind.kind, delta)] });
  } catch (error) {
    fault(ports, `the map function for ${watch.kind.kind}/${delta.key}`, 'TriggerFailed', error);
  }
}

/** The name under which a controller's index lives in an informer that others share. */
export function indexName(spec: ControllerSpec, index: string): string {
  return `${spec.name}/${index}`;
}

function sides(delta: Delta<KubeObject>): readonly KubeObject[] {
  switch (delta.type) {
    case 'added': return [delta.new];
    case 'deleted': return [delta.old];
    case 'updated': return [delta.old, delta.new];
  }
}

function passes(ports: TriggerPorts, when: Predicate<KubeObject>, delta: Delta<KubeObject>): boolean {
  try {
    return when(delta);
  } catch (error) {
    fault(ports, `a predicate, for ${delta.key}`, 'TriggerFailed', error);
    return true; // a throwing predicate passes (R7)
  }
}

const firstDelayMs = 800;
const longestDelayMs = 30_000;

/** Keys from outside. After an error it is subscribed again, after its completion it is over. Rule: R4. */
export function outsideTrigger(ports: TriggerPorts, trigger: TriggerSpec, signal: AbortSignal, scheduler: SchedulerLike): () => void {
  const source = (): TriggerSource => {
    const { keys: given } = trigger;
    return typeof given === 'function' ? given({ signal }, ...ports.services) : given;
  };
  const keys: Observable<Ref | TriggerValue> = defer(() => from(source())).pipe(
    retry<Ref | TriggerValue>({
      delay: (error, count) => {
        fault(ports, `trigger ${trigger.name}`, 'TriggerFailed', error);
        return timer(Math.min(firstDelayMs * 2 ** (count - 1), longestDelayMs), scheduler);
      },
      resetOnSuccess: true,
    }),
  );
  const subscription = keys.subscribe({
    next: (value) => { addValue(ports, trigger, value); },
    error: (error: unknown) => { fault(ports, `trigger ${trigger.name}`, 'TriggerFailed', error); },
  });
  return () => { subscription.unsubscribe(); };
}

function addValue(ports: TriggerPorts, trigger: TriggerSpec, value: Ref | TriggerValue): void {
  try {
    const wish: TriggerValue = typeof value === 'object' && value !== null && 'key' in value ? value : { key: value };
    const reason = { source: `trigger:${trigger.name}`, ...(wish.reason === undefined ? {} : { detail: wish.reason }) };
    const options = { reasons: [reason], ...(wish.after === undefined ? {} : { after: wish.after }), ...(wish.priority === undefined ? {} : { priority: wish.priority }) };
    ports.add(keyIn(ports.spec.kind, wish.key, undefined), options);
  } catch (error) {
    fault(ports, `a value of trigger ${trigger.name}`, 'BadKey', error);
  }
}

/** The key of a primary; anything that is none is refused (B87). */
function keyIn(kind: AnyKind, ref: Ref, namespace: string | undefined): Key {
  const known = typeof ref === 'string' ? ref : typeof ref === 'object' && ref !== null && ('name' in ref ? ref.name : ref.metadata?.name);
  if (typeof known !== 'string' || known === '') throw new SetpointError('BadKey', `${String(JSON.stringify(ref))} is no key of a ${kind.kind}`, { hint: "give a name, 'namespace/name' or an object" });
  if (!kind.namespaced) return keyOf(splitKey(keyOf(ref)).name);
  const key = keyOf(ref, namespace ?? 'default');
  if (key.split('/').length !== 2) throw new SetpointError('BadKey', `'${key}' is no key of a ${kind.kind}`, { hint: "give a name, 'namespace/name' or an object" });
  return key;
}

function fault(ports: TriggerPorts, what: string, code: string, cause: unknown): void {
  const error = new SetpointError(code, `${what} of controller ${ports.spec.name} failed: ${toError(cause).message}`, { cause });
  ports.context.log.warn('trigger failed', { controller: ports.spec.name, what, error: error.message });
  ports.context.emit({ type: 'fault', part: ports.spec.name, what, error });
}

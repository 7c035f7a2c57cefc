import type { Batch, Delta } from '../../client/delta.js';
import { priorities, type AddOptions } from '../../queue/queue.js';
import { keyOf, type KubeObject } from '../../resource/object.js';
import type { Clock } from '../../runtime/clock.js';
import { primaryChanged } from './predicate.js';
import { primaryReason } from './reasons.js';
import { passes, type TriggerPorts } from './trigger-ports.js';

/** The controller's own kind. Rules: R1, R6, R7. */
export function primaryHandler(ports: TriggerPorts): (batch: Batch<KubeObject>) => void {
  const when = ports.spec.when ?? primaryChanged;
  return (batch) => {
    for (const delta of batch.deltas) {
      ports.own.judge(ports.spec.kind, delta, (own) => {
        if (!passes(ports, when, delta)) return;
        const reasons = [primaryReason(delta, batch.initial)];
        ports.add(delta.key, batch.initial ? { reasons, priority: priorities.initial } : { reasons, force: isCorrection(delta) }, own);
      });
    }
  };
}

/** A user's correction is acted on at once, even in the middle of a long back-off (R1, Q33). */
function isCorrection(delta: Delta<KubeObject>): boolean {
  if (delta.type !== 'updated') return true;
  const { old, new: now } = delta;
  return old.metadata.generation !== now.metadata.generation
    || (old.metadata.deletionTimestamp === undefined && now.metadata.deletionTimestamp !== undefined);
}

/** So many keys are added in one turn. */
const slice = 1_000;

/** Every cached key, as a list at the start of a term gives them: what the predicate refuses stays out (R7, R47, R48). */
export async function eachPrimary(ports: TriggerPorts, clock: Clock, isCurrent: () => boolean): Promise<void> {
  const { when } = ports.spec;
  let added = 0;
  for (const object of ports.primary.cache.list()) {
    const key = keyOf(object);
    const rv = object.metadata.resourceVersion;
    if (when && !passes(ports, when, { type: 'added', key, new: object, revisions: { first: rv, last: rv, count: Infinity } })) continue;
    ports.add(key, initial);
    if (++added % slice !== 0) continue;
    await clock.yield();
    if (!isCurrent()) return;
  }
}

const initial: AddOptions = Object.freeze({ priority: priorities.initial, reasons: [{ source: 'initial' }] });

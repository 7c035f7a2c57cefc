import { defer, finalize, from, Observable, retry } from 'rxjs';
import type { Ref } from '../../resource/object.js';
import type { Clock } from '../../runtime/clock.js';
import type { TriggerSpec } from '../spec.js';
import { primaryKey } from './trigger-key.js';
import type { TriggerPorts } from './trigger-ports.js';
import type { TriggerValue } from './trigger-value.js';

const firstDelayMs = 800;
const longestDelayMs = 30_000;

/**
 * Keys from outside. After an error it is subscribed again, after its completion it is over. Each subscription has a
 * signal of its own, which aborts at its end. The answer ends it. Rule: R4.
 */
export function outsideTrigger(ports: TriggerPorts, trigger: TriggerSpec, clock: Clock): () => void {
  const what = `trigger ${trigger.name}`;
  const source = defer((): Observable<Ref | TriggerValue> => {
    const life = new AbortController();
    const { keys } = trigger;
    return from(typeof keys === 'function' ? keys({ signal: life.signal }, ...ports.services) : keys).pipe(finalize(() => { life.abort(); }));
  });
  const fault = (cause: unknown) => { ports.faults.report({ what, code: 'TriggerFailed', cause }); };
  const subscription = source.pipe(retry<Ref | TriggerValue>({
    delay: (error, count) => {
      fault(error);
      return once(clock, Math.min(firstDelayMs * 2 ** (count - 1), longestDelayMs));
    },
    resetOnSuccess: true,
  })).subscribe({
    next: (value) => { addValue(ports, trigger, what, value); },
    error: fault,
    complete: () => { ports.log.info('trigger is over', { trigger: trigger.name }); },
  });
  return () => { subscription.unsubscribe(); };
}

function once(clock: Clock, ms: number): Observable<void> {
  return new Observable((observer) => {
    const timer = clock.setTimer(clock.now() + ms, () => { observer.next(); });
    return () => { timer.cancel(); };
  });
}

function addValue(ports: TriggerPorts, trigger: TriggerSpec, what: string, value: Ref | TriggerValue): void {
  try {
    const wish: TriggerValue = typeof value === 'object' && value !== null && 'key' in value ? value : { key: value };
    const reason = { source: `trigger:${trigger.name}`, ...(wish.reason === undefined ? {} : { detail: wish.reason }) };
    const options = { reasons: [reason], ...(wish.after === undefined ? {} : { after: wish.after }), ...(wish.priority === undefined ? {} : { priority: wish.priority }) };
    ports.add(primaryKey(ports.spec, wish.key, undefined), options);
  } catch (error) {
    ports.faults.report({ what, code: 'BadKey', cause: error });
  }
}

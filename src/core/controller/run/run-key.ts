import type { Finish, Run } from '../../queue/queue.js';
import type { Key } from '../../resource/object.js';
import { withFields } from '../../runtime/logger.js';
import { finishOf } from './check-outcome.js';
import { failed } from './failure.js';
import type { RunPorts } from './run-ports.js';
import { Session } from './session.js';

/** How long a run waits for caches to see what was written before (R14). */
const behindMs = 10_000;

/** One run of one key, from the cached object to the queue's answer. Never rejects. Rules: R14–R24. */
export async function runKey(ports: RunPorts, run: Run<Key>, parent: AbortSignal): Promise<Finish> {
  const { spec, context } = ports;
  const epoch = context.term()?.epoch;
  const log = withFields(context.log, { controller: spec.name, key: run.key, run: run.id, attempt: run.attempt, ...(epoch === undefined ? {} : { epoch }) });
  using life = ports.inFlight.begin(run.key, parent);
  const session = new Session(ports, run, life, log);
  try {
    if (ports.unseen.has(run.key)) await ports.unseen.settled(run.key, { signal: life.signal, timeout: behindMs });
    const outcome = await session.reconcile();
    // What comes after the abort is not obeyed (R24).
    life.throwIfAborted();
    ports.failing.ended(run.key);
    const durationMs = context.clock.now() - life.startedAt;
    context.emit({ type: 'reconciled', controller: spec.name, key: run.key, durationMs, reasons: run.reasons });
    log.debug('reconciled', { durationMs });
    return finishOf(outcome, context.clock);
  } catch (thrown) {
    return failed(ports, { run, object: session.object, thrown, life, parent, log });
  }
}

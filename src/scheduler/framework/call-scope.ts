import { SetpointError, toError, type Clock, type Timer } from '../../core/index.js';
import { PluginContractError, PluginFailed, type ExtensionPoint } from '../status.js';
import type { Awaitable } from '../plugin.js';

/** Why a plugin's signal aborted. */
class TookTooLong extends SetpointError {
  constructor() {
    super('PluginTimeout', 'it took too long');
  }
}

/**
 * One plugin's calls for one attempt: its signal, and its time, which runs only while an answer of its own is awaited.
 * A call that fails or comes too late throws PluginFailed; what it answers afterwards is not heard. Rules: K21, K114.
 */
export class CallScope {
  readonly #plugin: string;
  readonly #clock: Clock;
  /** Made when somebody asks: most plugins never do. */
  #controller: AbortController | undefined;
  #endedBy: Error | undefined;
  #aborted: Promise<never> | undefined;
  #leftMs: number;
  #pending = 0;
  #timer: Timer | undefined;
  #since = 0;

  /** `timeoutMs` may be Infinity. */
  constructor(plugin: string, clock: Clock, timeoutMs: number) {
    this.#plugin = plugin;
    this.#clock = clock;
    this.#leftMs = timeoutMs;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#endedBy) this.#controller.abort(this.#endedBy);
    }
    return this.#controller.signal;
  }

  /** @throws PluginFailed, or rejects with it; PluginContractError passes. */
  call<T>(point: ExtensionPoint, body: () => Awaitable<T>): Awaitable<T> {
    return this.callWith(point, body, undefined);
  }

  /** The same for a function that takes its context. */
  callWith<T, C>(point: ExtensionPoint, fn: (ctx: C) => Awaitable<T>, ctx: C): Awaitable<T> {
    let answer: Awaitable<T>;
    try {
      answer = fn(ctx);
    } catch (thrown) {
      throw this.#failure(point, thrown);
    }
    return isPromise(answer) ? this.#awaited(point, answer) : answer;
  }

  /** The attempt is over: the pod is gone, or the scheduler stops. */
  abort(reason: Error): void {
    this.#endedBy ??= reason;
    this.#controller?.abort(this.#endedBy);
  }

  /** No timer is left. */
  end(): void {
    this.#timer?.cancel();
  }

  async #awaited<T>(point: ExtensionPoint, answer: Promise<T>): Promise<T> {
    if (this.#pending++ === 0) this.#startTimer();
    try {
      return await Promise.race([answer, (this.#aborted ??= aborted(this.signal))]);
    } catch (thrown) {
      throw this.#failure(point, thrown);
    } finally {
      if (--this.#pending === 0) this.#stopTimer();
    }
  }

  #startTimer(): void {
    this.#since = this.#clock.now();
    if (this.#leftMs === Infinity) return;
    this.#timer = this.#clock.setTimer(this.#since + this.#leftMs, () => {
      this.abort(new TookTooLong());
    });
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#leftMs = Math.max(0, this.#leftMs - (this.#clock.now() - this.#since));
  }

  #failure(point: ExtensionPoint, thrown: unknown): Error {
    if (thrown instanceof PluginContractError || thrown instanceof PluginFailed) return thrown;
    const cause = toError(thrown);
    if (cause instanceof TookTooLong) return new PluginFailed(this.#plugin, point, 'was given up, because it took too long,', { cause });
    // The attempt as a whole was given up: no fault of the plugin's.
    if (this.#endedBy !== undefined && thrown === this.#endedBy) return cause;
    return new PluginFailed(this.#plugin, point, `failed (${cause.message.slice(0, 200)})`, { cause });
  }
}

export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && typeof (value as { readonly then?: unknown }).then === 'function';
}

/** Rejects when the signal aborts. Only ever raced with, so it is never left unhandled. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => { reject(signal.reason as Error); };
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

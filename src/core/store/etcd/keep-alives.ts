import type { ClientDuplexStream, StatusObject } from '@grpc/grpc-js';
import { toError } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { Unavailable } from '../errors.js';
import type { LeaseId } from '../store.js';
import type { LeaseResponse } from './admin-messages.js';
import type { Calls } from './calls.js';
import type { Endpoint } from './endpoints.js';
import { methods } from './methods.js';

/** How long a member has for an answer before another one is asked. */
const answerMs = 1_000;

interface Waiter {
  resolve(response: LeaseResponse): void;
  reject(error: Error): void;
}

interface Connection {
  readonly endpoint: Endpoint;
  readonly stream: ClientDuplexStream<{ readonly id: LeaseId }, LeaseResponse>;
}

/** Keeps all leases of a handle alive over one stream, opened when it is first needed and again after it broke. Rule: S50. */
export class KeepAlives {
  readonly #calls: Calls;
  readonly #runtime: Runtime;
  /** Aborts with the handle. */
  readonly #signal: AbortSignal;
  readonly #waiting = new Map<LeaseId, Waiter[]>();
  #opening: Promise<Connection> | undefined;
  #connection: Connection | undefined;

  constructor(calls: Calls, runtime: Runtime, signal: AbortSignal) {
    this.#calls = calls;
    this.#runtime = runtime;
    this.#signal = signal;
  }

  /** One renewal, asked of one member. @throws Unavailable: another one may be asked. */
  async renew(id: LeaseId): Promise<LeaseResponse> {
    const connection = await (this.#opening ??= this.#open());
    const { clock } = this.#runtime;
    return new Promise((resolve, reject) => {
      const timer = clock.setTimer(clock.now() + answerMs, () => {
        this.#end(connection, this.#calls.streamFault('lease.keepAlive', { code: 14, details: 'a keepalive was not answered' }, connection.endpoint));
        connection.stream.cancel();
      });
      const waiters = this.#waiting.get(id) ?? [];
      this.#waiting.set(id, waiters);
      waiters.push({
        resolve: (response) => { timer.cancel(); resolve(response); },
        reject: (error) => { timer.cancel(); reject(error); },
      });
      connection.stream.write({ id });
    });
  }

  async #open(): Promise<Connection> {
    try {
      const { endpoint, stream } = await this.#calls.stream(methods.leaseKeepAlive, this.#signal);
      const connection = { endpoint, stream };
      const cancel = () => { stream.cancel(); };
      this.#signal.addEventListener('abort', cancel, { once: true });
      stream.on('data', (response: LeaseResponse) => {
        // The server answers requests for one lease in their order.
        const waiters = this.#waiting.get(response.id) ?? [];
        this.#waiting.delete(response.id);
        for (const waiter of waiters) waiter.resolve(response);
      });
      // The status says the same and comes in any case.
      stream.on('error', () => {});
      stream.on('status', (status: StatusObject) => {
        this.#signal.removeEventListener('abort', cancel);
        this.#end(connection, this.#signal.aborted ? new Unavailable('the store was closed') : this.#calls.streamFault('lease.keepAlive', status, endpoint));
      });
      this.#connection = connection;
      if (this.#signal.aborted) cancel();
      return connection;
    } catch (error) {
      this.#opening = undefined;
      throw toError(error);
    }
  }

  /** Whoever waits asks again, over the next stream. */
  #end(connection: Connection, error: Error): void {
    if (this.#connection !== connection) return;
    this.#connection = this.#opening = undefined;
    const waiting = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    for (const waiter of waiting) waiter.reject(error);
  }
}

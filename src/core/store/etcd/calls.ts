import { Metadata, type ClientDuplexStream, type ClientUnaryCall, type ClientReadableStream, type ServiceError } from '@grpc/grpc-js';
import { sleep } from '../../runtime/clock.js';
import { Aborted, UnknownOutcome, type SetpointError } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { Closed, StoreError, Unavailable } from '../errors.js';
import type { Endpoint, Endpoints } from './endpoints.js';
import { faultOf, isStaleToken, type CallStatus } from './faults.js';
import { methods, type Method } from './methods.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface CallOptions {
  /** Reads are repeated; a write that was sent never is (S56, S59). */
  readonly kind: 'read' | 'write';
  readonly signal?: AbortSignal | undefined;
  readonly deadlineMs?: number;
}

const firstRetryMs = 25;
const longestRetryMs = 1_000;
const cancelled = 1;
const deadlineExceeded = 4;

/** Remote calls with deadline, retry and failover. Rules: S56–S60, S72, S76. */
export class Calls {
  readonly #endpoints: Endpoints;
  readonly #runtime: Runtime;
  readonly #credentials: Credentials | undefined;
  readonly #deadlineMs: number;
  readonly #underWay = new Set<ClientUnaryCall>();
  #token: string | undefined;
  #closed = false;

  constructor(endpoints: Endpoints, runtime: Runtime, deadlineMs: number, credentials: Credentials | undefined) {
    this.#endpoints = endpoints;
    this.#runtime = runtime;
    this.#deadlineMs = deadlineMs;
    this.#credentials = credentials;
  }

  /** @throws Aborted, UnknownOutcome, or a StoreError */
  async unary<Request, Response>(what: string, method: Method<Request, Response>, request: Request, options: CallOptions): Promise<Response> {
    const { clock, random } = this.#runtime;
    const endsAt = clock.now() + (options.deadlineMs ?? this.#deadlineMs);
    for (let attempt = 0; ; attempt++) {
      if (options.signal?.aborted) throw new Aborted(what, { cause: options.signal.reason });
      let fault: SetpointError;
      try {
        return await this.#attempt(what, method, request, options, endsAt);
      } catch (error) {
        if (!(error instanceof StoreError) || !error.retryable) throw error;
        if (this.#closed) throw new Closed();
        fault = error;
      }
      const pauseMs = random.next('store.etcd.retry') * Math.min(longestRetryMs, firstRetryMs * 2 ** attempt);
      if (clock.now() + pauseMs >= endsAt) throw fault;
      await sleep(clock, pauseMs, options.signal).catch(() => { throw new Aborted(what, { cause: options.signal?.reason }); });
    }
  }

  async #attempt<Request, Response>(what: string, method: Method<Request, Response>, request: Request, options: CallOptions, endsAt: number): Promise<Response> {
    const endpoint = await this.#endpoints.ready(options.signal);
    for (let renewed = false; ; renewed = true) {
      const metadata = await this.metadata(endpoint);
      const answer = await this.#send(endpoint, method, request, metadata, endsAt, options.signal);
      if (answer.ok) {
        this.#endpoints.praise(endpoint);
        return answer.response;
      }
      if (isStaleToken(answer.status) && this.#credentials && !renewed) {
        // The refused call was not applied, so it may be repeated, once (S76).
        this.#token = undefined;
        continue;
      }
      throw this.#fault(what, answer.status, endpoint, options);
    }
  }

  #fault(what: string, status: CallStatus, endpoint: Endpoint, { kind, signal }: CallOptions): SetpointError {
    if (status.code === cancelled && signal?.aborted) {
      return kind === 'write' ? new UnknownOutcome(what, { cause: signal.reason }) : new Aborted(what, { cause: signal.reason });
    }
    const fault = faultOf(what, status, kind, endpoint.url);
    // The member is at fault, not the request.
    if (fault instanceof UnknownOutcome || fault instanceof Unavailable) this.#endpoints.rest(endpoint);
    return fault;
  }

  /** One question to this member and no other, without a repeat. @throws Unavailable, or what it was refused for */
  async ask<Request, Response>(endpoint: Endpoint, what: string, method: Method<Request, Response>, request: Request): Promise<Response> {
    if (!await this.#endpoints.connect(endpoint)) throw this.#endpoints.unreachable([endpoint]);
    const answer = await this.#send(endpoint, method, request, await this.metadata(endpoint), this.#runtime.clock.now() + this.#deadlineMs, undefined);
    if (!answer.ok) throw faultOf(what, answer.status, 'read', endpoint.url);
    return answer.response;
  }

  /** What goes with each call: the token of the user, obtained on first use. */
  async metadata(endpoint: Endpoint): Promise<Metadata> {
    const metadata = new Metadata();
    if (!this.#credentials) return metadata;
    const { username: name, password } = this.#credentials;
    if (this.#token === undefined) {
      const { clock } = this.#runtime;
      const answer = await this.#send(endpoint, methods.authenticate, { name, password }, metadata, clock.now() + this.#deadlineMs, undefined);
      if (!answer.ok) throw faultOf('authenticate', answer.status, 'read', endpoint.url);
      this.#token = answer.response.token;
    }
    metadata.set('token', this.#token);
    return metadata;
  }

  /** One request to one member; never rejects. The deadline is the injected clock's. */
  #send<Request, Response>(
    { client }: Endpoint, method: Method<Request, Response>, request: Request, metadata: Metadata, endsAt: number, signal: AbortSignal | undefined,
  ): Promise<{ readonly ok: true; readonly response: Response } | { readonly ok: false; readonly status: CallStatus }> {
    return new Promise((resolve) => {
      let late = false;
      const call = client.makeUnaryRequest(method.path, serializer(method), method.decode, request, metadata, (error: ServiceError | null, response?: Response) => {
        timer.cancel();
        this.#underWay.delete(call);
        signal?.removeEventListener('abort', onAbort);
        if (!error) resolve({ ok: true, response: response as Response }); // no error: there is a response
        else resolve({ ok: false, status: late ? { code: deadlineExceeded, details: 'no answer within the deadline' } : { code: error.code, details: error.details } });
      });
      this.#underWay.add(call);
      const timer = this.#runtime.clock.setTimer(endsAt, () => { late = true; call.cancel(); });
      const onAbort = () => { call.cancel(); };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Gives up what has not been answered: nothing is open after it (S92). */
  close(): void {
    this.#closed = true;
    for (const call of this.#underWay) call.cancel();
  }

  /** A stream to a connected member, which ends by itself when that loses its cluster (S74). */
  async stream<Request, Response>(method: Method<Request, Response>, signal: AbortSignal): Promise<{ readonly endpoint: Endpoint; readonly stream: ClientDuplexStream<Request, Response> }> {
    const endpoint = await this.#endpoints.ready(signal);
    const metadata = await this.metadata(endpoint);
    metadata.set('hasleader', 'true');
    return { endpoint, stream: endpoint.client.makeBidiStreamRequest(method.path, serializer(method), method.decode, metadata) };
  }

  /** What a member sends after one request, for as long as it takes. */
  async download<Request, Response>(method: Method<Request, Response>, request: Request, signal: AbortSignal | undefined): Promise<{ readonly endpoint: Endpoint; readonly stream: ClientReadableStream<Response> }> {
    const endpoint = await this.#endpoints.ready(signal);
    const metadata = await this.metadata(endpoint);
    return { endpoint, stream: endpoint.client.makeServerStreamRequest(method.path, serializer(method), method.decode, request, metadata) };
  }

  /** What is wrong with a stream that ended; its member rests when it is to blame. */
  streamFault(what: string, status: CallStatus, endpoint: Endpoint): SetpointError {
    if (isStaleToken(status)) this.#token = undefined;
    const fault = isStaleToken(status) ? new Unavailable('the token has expired', { endpoint: endpoint.url }) : faultOf(what, status, 'read', endpoint.url);
    if (fault instanceof Unavailable) this.#endpoints.rest(endpoint);
    return fault;
  }
}

function serializer<Request>(method: Method<Request, unknown>): (request: Request) => Buffer {
  return (request) => {
    const bytes = method.encode(request);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
}

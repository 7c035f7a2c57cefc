import { connectivityState, Client, credentials, type ServiceError } from '@grpc/grpc-js';
import { Aborted, ConfigError, toError } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { Unavailable } from '../errors.js';
import { channelCredentials, readPem, samePem, type Pem, type TlsOptions } from './tls.js';

/** One member, by one of its addresses. */
export interface Endpoint {
  readonly url: string;
  readonly client: Client;
}

interface Member extends Endpoint {
  client: Client;
  readonly target: string;
  readonly secure: boolean;
  failures: number;
  restsUntilMs: number;
  /** What its client connects with, where that is secured. */
  pem: Pem | undefined;
  /** Why there was no connection the last time. */
  reason: string;
}

const shortestRestMs = 1_000;
const longestRestMs = 30_000;
/** A call that is refused is refused at once; one that is not says nothing. */
const refusalMs = 100;

/** The library's own retries are off: what is resent, and what never, is decided in one place (S71). Rules: S71, S73, S79. */
const channelOptions = {
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 0,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.min_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // Connections belong to this handle alone, so that closing it leaves none open (S92).
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
  'grpc-node.flow_control_window': 1024 * 1024,
};

/** The members that may be asked; one is used at a time, the rest are for failover. Rules: S72, S75. */
export class Endpoints {
  readonly #members: readonly Member[];
  readonly #runtime: Runtime;
  readonly #connectMs: number;
  readonly #tls: TlsOptions;
  #current = 0;

  /** @throws ConfigError */
  static async open(urls: readonly string[], tls: TlsOptions, runtime: Runtime, connectMs: number): Promise<Endpoints> {
    return new Endpoints(urls, tls, await readPem(tls), runtime, connectMs);
  }

  private constructor(urls: readonly string[], tls: TlsOptions, pem: Pem, runtime: Runtime, connectMs: number) {
    this.#runtime = runtime;
    this.#connectMs = connectMs;
    this.#tls = tls;
    this.#members = urls.map((url) => {
      const { target, secure } = parseEndpoint(url);
      const client = new Client(target, secure ? channelCredentials(pem) : credentials.createInsecure(), channelOptions);
      return { url, target, secure, client, pem: secure ? pem : undefined, failures: 0, restsUntilMs: 0, reason: '' };
    });
  }

  get all(): readonly Endpoint[] {
    return this.#members;
  }

  /** How many members do not answer; nobody is asked for this. */
  get failing(): number {
    return this.#members.filter(({ failures }) => failures > 0).length;
  }

  /** A connected member: the current one, or the next that answers. @throws Unavailable, Aborted */
  async ready(signal?: AbortSignal): Promise<Endpoint> {
    const now = this.#runtime.clock.now();
    const order = this.#members.map((_, i) => this.#members[(this.#current + i) % this.#members.length] as Member);
    const rested = order.filter(({ restsUntilMs }) => restsUntilMs <= now);
    for (const member of rested.length > 0 ? rested : order) {
      if (await this.connect(member, signal)) {
        this.#current = this.#members.indexOf(member);
        return member;
      }
      this.rest(member);
    }
    throw this.unreachable(order);
  }

  /** Where there is no connection, and why, as far as that is known. */
  unreachable(endpoints: readonly Endpoint[]): Unavailable {
    const reasons = endpoints.map((endpoint) => {
      const reason = this.#members.find((one) => one === endpoint)?.reason ?? '';
      return reason === '' ? endpoint.url : `${endpoint.url} (${reason})`;
    });
    return new Unavailable(`no connection to ${reasons.join(', ')}`);
  }

  /** It failed: the others come first for a while. */
  rest(endpoint: Endpoint): void {
    const member = this.#members.find((one) => one === endpoint);
    if (!member) return;
    member.restsUntilMs = this.#runtime.clock.now() + Math.min(longestRestMs, shortestRestMs * 2 ** member.failures);
    member.failures++;
    const index = this.#members.indexOf(member);
    if (index === this.#current) this.#current = (index + 1) % this.#members.length;
  }

  /** It answered. */
  praise(endpoint: Endpoint): void {
    const member = this.#members.find((one) => one === endpoint);
    if (member) member.failures = member.restsUntilMs = 0;
  }

  close(): void {
    for (const { client } of this.#members) client.close();
  }

  /** True once there is a connection; false when it was refused or took too long (S60). */
  async connect(endpoint: Endpoint, signal?: AbortSignal): Promise<boolean> {
    const member = this.#members.find((one) => one === endpoint);
    if (!member) return false;
    if (member.client.getChannel().getConnectivityState(true) === connectivityState.READY) return true;
    if (member.pem) await this.#renew(member, member.pem);
    const connected = await this.#connect(member, signal);
    member.reason = connected || !member.secure ? '' : await this.#whyNot(member.client);
    return connected;
  }

  /** The next connection is made with what the files hold now (S76). */
  async #renew(member: Member, before: Pem): Promise<void> {
    let pem;
    try {
      pem = await readPem(this.#tls);
      if (samePem(pem, before)) return;
      const client = new Client(member.target, channelCredentials(pem), channelOptions);
      member.client.close();
      member.client = client;
      member.pem = pem;
    } catch (error) {
      // They may be half written just now.
      this.#runtime.log.warn('the certificates cannot be read; those of before are used', { reason: toError(error).message });
    }
  }

  /** A channel does not say why it has no connection, but a call that it refuses for that does. */
  #whyNot(client: Client): Promise<string> {
    const { clock } = this.#runtime;
    return new Promise((resolve) => {
      const call = client.makeUnaryRequest('/', () => Buffer.alloc(0), () => undefined, undefined, (error: ServiceError | null) => {
        timer.cancel();
        const [, reason] = /Last error: (?:Error: )?(.*)/.exec(error?.details ?? '') ?? [];
        resolve(reason ?? '');
      });
      const timer = clock.setTimer(clock.now() + refusalMs, () => { call.cancel(); });
    });
  }

  #connect({ client }: Member, signal: AbortSignal | undefined): Promise<boolean> {
    const channel = client.getChannel();
    return new Promise((resolve, reject) => {
      const { clock } = this.#runtime;
      const timer = clock.setTimer(clock.now() + this.#connectMs, () => { finish(false); });
      const onAbort = () => { stop(); reject(new Aborted('connecting to the store', { cause: signal?.reason })); };
      const stop = () => { done = true; timer.cancel(); signal?.removeEventListener('abort', onAbort); };
      const finish = (connected: boolean) => { stop(); resolve(connected); };
      let done = false;
      let tried = false;
      const look = () => {
        if (done) return;
        const state = channel.getConnectivityState(true);
        if (state === connectivityState.READY) { finish(true); return; }
        if (state === connectivityState.SHUTDOWN || (state === connectivityState.TRANSIENT_FAILURE && tried)) { finish(false); return; }
        // A failure from before says nothing of now.
        tried ||= state === connectivityState.CONNECTING;
        channel.watchConnectivityState(state, Infinity, look);
      };
      if (signal?.aborted) onAbort();
      else {
        signal?.addEventListener('abort', onAbort, { once: true });
        look();
      }
    });
  }
}

/** `http://host:2379` or `https://host:2379`; never one for the other (S76). @throws ConfigError */
export function parseEndpoint(url: string): { readonly target: string; readonly secure: boolean } {
  let parsed;
  try {
    parsed = new URL(url);
  } catch {
    parsed = undefined;
  }
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') || parsed.hostname === '' || (parsed.pathname !== '/' && parsed.pathname !== '') || parsed.username !== '') {
    throw new ConfigError([{ path: 'endpoints', message: 'an endpoint has to be a URL such as http://127.0.0.1:2379' }]);
  }
  const secure = parsed.protocol === 'https:';
  const port = parsed.port === '' ? (secure ? '443' : '80') : parsed.port;
  return { target: `${parsed.hostname}:${port}`, secure };
}

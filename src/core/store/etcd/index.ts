import { ConfigError } from '../../runtime/errors.js';
import type { Clock } from '../../runtime/clock.js';
import type { Runtime } from '../../runtime/runtime.js';
import { defaultLimits, type TxnLimits } from '../check-txn.js';
import { Corrupt, type StoreRolledBack } from '../errors.js';
import type { Store } from '../provider.js';
import type { Codec, StoreHandle } from '../store.js';
import { defaultRing, type RingLimits } from '../watch/channel.js';
import { Calls } from './calls.js';
import { Endpoints, parseEndpoint, type TlsOptions } from './endpoints.js';
import { EtcdHandle } from './handle.js';
import { methods } from './methods.js';
import { assess, lowest, type Assessment } from './server-version.js';
import { Session } from './session.js';

export type { TlsOptions } from './endpoints.js';

export interface EtcdOptions extends Partial<TxnLimits> {
  /** What the keys of all objects begin with; default `/registry`, as kube-apiserver has it (A123). */
  readonly prefix?: string;
  readonly username?: string;
  readonly password?: string;
  /** For `https` endpoints; without it the system's authorities are trusted. */
  readonly tls?: TlsOptions;
  /** How long a connection may take, and a request; defaults 2 s and 10 s (S60). */
  readonly connectMs?: number;
  readonly requestMs?: number;
  /** How far a watcher may lag before it has to list again (S40). */
  readonly ring?: Partial<RingLimits>;
  /** Uses 3.5.0 to 3.5.2, which can lose data after a crash (S83). */
  readonly allowUnsafe?: boolean;
  /** Measures deadlines and pauses; default the app's. For an app whose own clock runs faster than the network does. */
  readonly clock?: Clock;
}

/**
 * A store in an etcd cluster, version 3.4 or later. `endpoints`: one or more URLs of its members, such as
 * `http://127.0.0.1:2379`.
 * @throws ConfigError for an endpoint that is no URL, or a user without a password.
 *
 * Rules: S1–S60, S71–S83.
 */
export function etcd(endpoints: string | readonly string[], options: EtcdOptions = {}): Store {
  const urls = typeof endpoints === 'string' ? [endpoints] : [...endpoints];
  if (urls.length === 0) throw new ConfigError([{ path: 'endpoints', message: 'there has to be at least one endpoint' }]);
  if ((options.username === undefined) !== (options.password === undefined)) {
    throw new ConfigError([{ path: 'username', message: 'username and password are given together or not at all' }]);
  }
  urls.forEach(parseEndpoint);
  return {
    name: 'etcd',
    ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
    open: (codec, runtime) => open(codec, options.clock ? { ...runtime, clock: options.clock } : runtime, urls, options),
  };
}

async function open<V>(codec: Codec<V>, runtime: Runtime, urls: readonly string[], options: EtcdOptions): Promise<StoreHandle<V>> {
  const { connectMs = 2_000, requestMs: deadlineMs = 10_000, username, password } = options;
  const endpoints = new Endpoints(urls, options.tls, runtime, connectMs);
  try {
    const credentials = username === undefined || password === undefined ? undefined : { username, password };
    const calls = new Calls(endpoints, runtime, deadlineMs, credentials);
    const { progress } = await inspect(endpoints, calls, runtime, options);
    const limits: TxnLimits = {
      maxTxnOps: options.maxTxnOps ?? defaultLimits.maxTxnOps,
      maxRequestBytes: options.maxRequestBytes ?? defaultLimits.maxRequestBytes,
      checks: options.checks ?? defaultLimits.checks,
    };
    const session = new Session<V>(codec, limits, calls, runtime, (error: StoreRolledBack) => { handle.rolledBack(error); });
    const handle = new EtcdHandle<V>(session, { endpoints, runtime, ring: { ...defaultRing, ...options.ring }, deadlineMs, progress });
    return handle;
  } catch (error) {
    endpoints.close();
    throw error;
  }
}

/** What the servers are: the lowest version decides (S81). @throws UnsafeServer, Corrupt, Unavailable */
async function inspect(endpoints: Endpoints, calls: Calls, runtime: Runtime, options: EtcdOptions): Promise<Assessment> {
  const answers = await Promise.allSettled(endpoints.all.map((endpoint) => calls.ask(endpoint, 'status', methods.status, {})));
  const known = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (known.length === 0 && failed) throw failed.reason as Error;
  if (known.some(({ errors }) => errors.some((alarm) => alarm.includes('CORRUPT')))) throw new Corrupt();
  const version = lowest(known.map((status) => status.version)) ?? '';
  const assessment = assess(version, options.allowUnsafe ?? false);
  if (assessment.warnings.length > 0) runtime.log.warn('the version of etcd has known faults; update it', { version, faults: assessment.warnings });
  return assessment;
}

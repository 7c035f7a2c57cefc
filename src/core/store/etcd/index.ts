import { ConfigError } from '../../runtime/errors.js';
import type { Clock } from '../../runtime/clock.js';
import type { Runtime } from '../../runtime/runtime.js';
import { defaultLimits, type TxnLimits } from '../check-txn.js';
import type { StoreRolledBack } from '../errors.js';
import type { Store } from '../provider.js';
import type { Codec, StoreHandle } from '../store.js';
import { defaultRing, type RingLimits } from '../watch/channel.js';
import { Calls } from './calls.js';
import { ClusterVersion } from './cluster-version.js';
import { Compactor } from './compactor.js';
import { Endpoints, parseEndpoint } from './endpoints.js';
import { EtcdHandle } from './handle.js';
import { Session } from './session.js';
import { checkTls, type TlsOptions } from './tls.js';

export type { TlsOptions } from './tls.js';

export interface EtcdOptions extends Partial<TxnLimits> {
  /** What the keys of all objects begin with; default `/registry`, as kube-apiserver has it (A123). */
  readonly prefix?: string;
  readonly username?: string;
  readonly password?: string;
  /** For `https` endpoints; without a `ca` the authorities that come with Node are trusted. Rule: S76. */
  readonly tls?: TlsOptions;
  /** How long a connection may take, and a request; defaults 2 s and 10 s (S60). */
  readonly connectMs?: number;
  readonly requestMs?: number;
  /** How far a watcher may lag before it has to list again (S40). */
  readonly ring?: Partial<RingLimits>;
  /**
   * How old history is when it is forgotten, and how often; one process per cluster does it, in turns with its
   * kube-apiservers. Default 300 000 (5 minutes); 0: never. Left to etcd where it runs with `--auto-compaction-retention`
   * of less. Rule: S54.
   */
  readonly compactEveryMs?: number;
  /** Uses 3.5.0 to 3.5.2, which can lose data after a crash (S83). */
  readonly allowUnsafe?: boolean;
  /** Measures deadlines and pauses; default the app's. For an app whose own clock runs faster than the network does. */
  readonly clock?: Clock;
}

/**
 * A store in an etcd cluster, version 3.4 or later. `endpoints`: one or more URLs of its members, such as
 * `http://127.0.0.1:2379`.
 * @throws ConfigError for an endpoint that is no URL, a user without a password, or certificates that cannot be meant.
 *
 * Rules: S1–S60, S71–S90.
 */
export function etcd(endpoints: string | readonly string[], options: EtcdOptions = {}): Store {
  const urls = typeof endpoints === 'string' ? [endpoints] : [...endpoints];
  if (urls.length === 0) throw new ConfigError([{ path: 'endpoints', message: 'there has to be at least one endpoint' }]);
  if ((options.username === undefined) !== (options.password === undefined)) {
    throw new ConfigError([{ path: 'username', message: 'username and password are given together or not at all' }]);
  }
  urls.forEach(parseEndpoint);
  if (options.tls) checkTls(options.tls, urls);
  return {
    name: 'etcd',
    ...(options.prefix === undefined ? {} : { prefix: options.prefix }),
    open: (codec, runtime) => open(codec, options.clock ? { ...runtime, clock: options.clock } : runtime, urls, options),
  };
}

async function open<V>(codec: Codec<V>, runtime: Runtime, urls: readonly string[], options: EtcdOptions): Promise<StoreHandle<V>> {
  const { connectMs = 2_000, requestMs: deadlineMs = 10_000, compactEveryMs = 300_000, username, password } = options;
  const endpoints = await Endpoints.open(urls, options.tls ?? {}, runtime, connectMs);
  try {
    const credentials = username === undefined || password === undefined ? undefined : { username, password };
    const calls = new Calls(endpoints, runtime, deadlineMs, credentials);
    const cluster = new ClusterVersion(endpoints, calls, runtime, options.allowUnsafe ?? false);
    const servers = await cluster.inspect();
    const limits: TxnLimits = {
      maxTxnOps: options.maxTxnOps ?? defaultLimits.maxTxnOps,
      maxRequestBytes: options.maxRequestBytes ?? defaultLimits.maxRequestBytes,
      checks: options.checks ?? defaultLimits.checks,
    };
    const session = new Session<V>(codec, limits, calls, runtime, (error: StoreRolledBack) => { handle.rolledBack(error); });
    const handle = new EtcdHandle<V>(session, { endpoints, runtime, ring: { ...defaultRing, ...options.ring }, deadlineMs, servers });
    void cluster.follow(handle, handle.closing);
    if (compactEveryMs > 0) void new Compactor({ calls, runtime, everyMs: compactEveryMs, signal: handle.closing }).run();
    return handle;
  } catch (error) {
    endpoints.close();
    throw error;
  }
}

import type { ContainerModule } from 'inversify';
import type { ElectionOptions } from '../election/election.js';
import type { AnyKind } from '../resource/kind.js';
import type { types } from '../runtime/brand.js';
import { ConfigError, type ConfigProblem } from '../runtime/errors.js';
import type { Logger } from '../runtime/logger.js';
import { didYouMean } from '../runtime/nearest.js';
import type { Provided } from '../runtime/token.js';
import type { HealthOptions } from './health.js';
import type { Store } from '../store/provider.js';

/** Somebody else's control plane; made by `setpoint/cluster`. */
export interface Cluster { readonly [types]?: 'Cluster' }

interface CommonRunOptions {
  /** Values for the tokens that parts inject. */
  readonly services?: readonly Provided[];
  /** For those who have a container already. */
  readonly modules?: readonly ContainerModule[];
  /** One replica works, the others are warm; `true` takes the defaults (R46–R48). */
  readonly election?: boolean | ElectionOptions;
  /** SIGTERM and SIGINT stop the app, a second one aborts it (R44). */
  readonly signals?: boolean;
  /** Kinds that no part names but that the api is to serve. */
  readonly kinds?: readonly AnyKind[];
  /** Serves /healthz, /readyz and /metrics; 0 lets the system choose the port. */
  readonly http?: { readonly port: number };
  /** What `/healthz` and `/readyz` ask besides caches and leadership (R51). */
  readonly health?: HealthOptions;
  readonly log?: Logger;
  /** Creates in a namespace that does not exist make it (A98). */
  readonly createNamespaces?: boolean;
  /** Reads what kube-apiserver wrote into the store: `protobufCodec().decode` of `setpoint/kinds` (A123). Left out: such a value is an error. */
  readonly readProtobuf?: (bytes: Uint8Array) => object;
  /** false: no garbage collector and no namespace controller beside an api in process. */
  readonly housekeeping?: boolean;
}

/** A control plane of its own on a store, or somebody else's: not both. */
export type RunOptions = CommonRunOptions & ({ readonly store?: Store; readonly cluster?: never } | { readonly cluster: Cluster; readonly store?: never });

const known: ReadonlySet<string> = new Set(['services', 'modules', 'election', 'signals', 'kinds', 'http', 'health', 'log', 'createNamespaces', 'readProtobuf', 'housekeeping', 'store', 'cluster']);

/** All that is wrong with the options (B89). */
export function checkRunOptions(o: RunOptions): void {
  const problems: ConfigProblem[] = [];
  for (const field of Object.keys(o)) if (!known.has(field)) problems.push({ path: field, message: `is no option of run()${didYouMean(field, known) || `; the options are ${[...known].join(', ')}`}` });
  if (o.cluster !== undefined && o.store !== undefined) problems.push({ path: 'cluster', message: 'cannot be given together with store' });
  else if (o.cluster !== undefined) problems.push({ path: 'cluster', message: 'this release has no client for a remote cluster; leave it out and give a store' });
  if (o.http && !(Number.isInteger(o.http.port) && o.http.port >= 0 && o.http.port <= 65_535)) problems.push({ path: 'http.port', message: `must be a port number, got ${o.http.port}` });
  const stuckAfter = o.health?.stuckAfter;
  if (stuckAfter !== undefined && !(Number.isFinite(stuckAfter) && stuckAfter > 0)) problems.push({ path: 'health.stuckAfter', message: `must be a positive number of milliseconds, got ${stuckAfter}` });
  if (problems.length > 0) throw new ConfigError(problems);
}

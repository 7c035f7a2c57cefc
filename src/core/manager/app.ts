import type { Observable } from 'rxjs';
import type { Client } from '../client/client.js';
import type { AppEvent, DrainReport, Leadership, Runnable } from '../controller/runnable.js';
import type { Informer, InformerOptions } from '../informer/informer.js';
import type { Kind } from '../resource/kind.js';
import type { KubeObject } from '../resource/object.js';

export type StopReport = DrainReport;

/** `live`: the process answers and nothing is stuck. `ready`: caches are in step (a standby's, too). Rule: R51. */
export interface HealthReport {
  readonly live: boolean;
  readonly ready: boolean;
  readonly checks: { readonly [name: string]: string };
}

/** A running set of parts. Two apps in one process share nothing. Rules: R44–R52. */
export interface App extends AsyncDisposable {
  /** Asks the api at each call, and sees every write that was answered. */
  readonly client: Client;
  readonly events$: Observable<AppEvent>;
  readonly leadership$: Observable<Leadership>;
  /** Resolves when the app has stopped; rejects when a component failed for good (R50). */
  readonly closed: Promise<StopReport>;
  informer<T extends KubeObject, const I extends string = never>(kind: Kind<T, unknown>, o?: InformerOptions<T, I>): Informer<T, I>;
  /** The handle of a part that was run: `app.of(scheduler).explain(pod)`. */
  of<H>(part: Runnable<H>): H;
  add(part: Runnable): Promise<void>;
  remove(part: Runnable | string): Promise<StopReport>;
  /** Ends in order; `deadline` in milliseconds, default 30 s. The same report at every call (R45). */
  stop(o?: { readonly deadline?: number }): Promise<StopReport>;
  /** Resolves when nothing is ready, in flight or in back-off and every cache is up to date. `timeout` in milliseconds, default 60 s. */
  settled(o?: { readonly timeout?: number }): Promise<void>;
  /** Prometheus' text format (R52). */
  metrics(): string;
  health(): Promise<HealthReport>;
}

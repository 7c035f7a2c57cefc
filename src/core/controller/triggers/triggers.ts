import type { Batch } from '../../client/delta.js';
import type { Informer, InformerSubscription } from '../../informer/informer.js';
import type { AddOptions, WorkQueue } from '../../queue/queue.js';
import { qualifiedKind, type AnyKind } from '../../resource/kind.js';
import { keyOf, type Key, type KubeObject } from '../../resource/object.js';
import type { Metric } from '../../runtime/metrics.js';
import type { ControllerInformers } from '../controller-informers.js';
import type { ControllerMetrics } from '../controller-metrics.js';
import { controllerDefaults } from '../options.js';
import type { FailingKeys } from '../run/failure.js';
import { scopedReads } from '../run/verbs.js';
import type { CoreContext } from '../runnable.js';
import type { ControllerSpec } from '../spec.js';
import { outsideTrigger } from './outside.js';
import { ownedHandler } from './owned.js';
import type { OwnEvents } from './own-events.js';
import { eachPrimary, primaryHandler } from './primary.js';
import { resync } from './resync.js';
import { TriggerFaults } from './trigger-faults.js';
import type { TriggerPorts } from './trigger-ports.js';
import { watchHandler } from './watched.js';

export interface TriggersOptions {
  readonly spec: ControllerSpec;
  readonly context: CoreContext;
  readonly services: readonly unknown[];
  readonly own: OwnEvents;
  readonly informers: ControllerInformers;
  readonly queue: WorkQueue<Key>;
  readonly failing: FailingKeys;
  readonly figures: ControllerMetrics;
  /** The end of the controller. */
  readonly signal: AbortSignal;
}

/** All that puts keys into one controller's queue, from its start until `close`. Rules: R1–R9, R42. */
export class Triggers {
  private readonly ports: TriggerPorts;
  private readonly faults: TriggerFaults;
  private readonly subscriptions: InformerSubscription[] = [];
  private readonly closers: (() => void)[] = [];
  private going = 0;

  constructor(private readonly o: TriggersOptions) {
    const { spec, context, informers, signal, failing } = o;
    this.faults = new TriggerFaults(spec.name, context, context.emit);
    this.ports = this.portsOf(o);
    for (const owns of spec.owns) this.subscribe(informers.of(owns.kind), ownedHandler(this.ports, owns));
    for (const watch of spec.watches) this.subscribe(informers.of(watch.kind, watch.namespaces), watchHandler(this.ports, watch));
    this.subscribe(informers.primary, primaryHandler(this.ports));
    for (const trigger of spec.triggers) this.closers.push(outsideTrigger(this.ports, trigger, context.clock));
    const periodMs = spec.options.resync ?? controllerDefaults.resyncMs;
    if (periodMs === false) return;
    // A key with failing runs has its own times (R27).
    resync(context, { periodMs, keys: () => informers.primary.cache.list().map((object) => keyOf(object)), add: (key, options) => { if (!failing.has(key)) this.add(key, options); }, signal });
  }

  /** Resolves when every initial batch is in the queue. */
  async synced(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.synced()));
  }

  /** Every cached key once, as at a start, while `isCurrent`; runs begin before all are there (R47, R48). */
  addAll(isCurrent: () => boolean): void {
    this.ports.goesOn(eachPrimary(this.ports, this.o.context.clock, isCurrent));
  }

  /** A run's child that somebody deleted while the informer was away: absent before and after, no delta tells of it (R2). */
  childVanished(key: Key, kind: AnyKind, child: Key): void {
    const { spec, informers } = this.o;
    const isOwned = spec.owns.some((owns) => qualifiedKind(owns.kind) === qualifiedKind(kind));
    if (isOwned && informers.primary.cache.peek(key)) this.add(key, { reasons: [{ source: 'owned', detail: `${kind.kind}/${child} deleted` }] });
  }

  /** Map functions that have not answered, and changes that wait for the answer of a write. */
  get isWorking(): boolean {
    return this.going > 0 || this.o.own.held > 0;
  }

  metrics(): readonly Metric[] {
    return this.faults.metrics();
  }

  close(): void {
    for (const close of this.closers.splice(0)) close();
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
  }

  private portsOf({ spec, context, services, own, informers, figures, signal }: TriggersOptions): TriggerPorts {
    const client = context.connect({ fieldManager: spec.name, namespaces: spec.options.namespaces, signal });
    return {
      spec, services, own, log: context.log, faults: this.faults, primary: informers.primary,
      readsIn: (namespace) => scopedReads({ spec, client: () => client, namespace }),
      add: (key, options, by) => {
        if (key === by) figures.filteredOwn();
        else this.add(key, options);
      },
      goesOn: (work) => {
        this.going++;
        void work.finally(() => { this.going--; });
      },
    };
  }

  private add(key: Key, options: AddOptions): void {
    this.o.queue.add(key, options);
  }

  private subscribe(informer: Informer<KubeObject, string>, handler: (batch: Batch<KubeObject>) => void): void {
    this.subscriptions.push(informer.subscribe(handler));
  }
}

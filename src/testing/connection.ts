import type { Address, Api, DeleteParams, GetParams, ListParams, ListResult, Patch, RequestOptions, WatchEvent, WatchParams, WriteParams, Written } from '../core/api/api.js';
import { ApiError, failure } from '../core/api/api-error.js';
import type { AnyKind } from '../core/resource/kind.js';
import type { KubeObject } from '../core/resource/object.js';
import type { Clock } from '../core/runtime/clock.js';
import { Aborted, toError, UnknownOutcome } from '../core/runtime/errors.js';
import { draw } from '../core/runtime/random.js';
import { RemoteWatch } from './remote-watch.js';
import type { FaultKind, FaultPlan } from './faults.js';
import type { Life } from './life.js';
import type { Trace } from './trace.js';

/** A write that was answered by the api itself, whatever the caller then heard of it. */
export interface WriteSeen {
  readonly actor: string;
  readonly verb: string;
  readonly kind: AnyKind;
  readonly key: string;
  /** False when everything was as wanted already, so that nothing was stored. */
  readonly changed: boolean;
}

export interface ConnectionPorts {
  readonly actor: string;
  readonly seed: number;
  readonly api: Api;
  readonly clock: Clock;
  readonly life: Life;
  readonly trace: Trace;
  /** undefined: a perfect connection with latency. */
  readonly faults: FaultPlan | undefined;
  /** How often each site of this actor was used, over all its lives. */
  readonly uses: Map<string, number>;
  onWrite(write: WriteSeen): void;
}

type Result<T> = { readonly type: 'ok'; readonly value: T } | { readonly type: 'error'; readonly error: Error };

interface Request<T> {
  readonly site: string;
  readonly key: string;
  readonly verb: string;
  readonly kind: AnyKind;
  readonly isWrite: boolean;
  readonly fault: FaultKind | undefined;
  /** The kind under which the fault is counted. */
  readonly counted: FaultKind | undefined;
  readonly durationMs: number;
  readonly applies: boolean;
  send(): Promise<T>;
  answer(result: Result<T>): void;
}

const none: Promise<never> = new Promise(() => undefined);

/**
 * One process's connection to the api: requests, answers and events take time, and go wrong as the plan says.
 * Rules: M8, M17, M18, M24.
 */
export class Connection implements Api {
  readonly kinds$;
  readonly fencing;
  readonly watches = new Set<RemoteWatch>();

  constructor(private readonly ports: ConnectionPorts) {
    this.kinds$ = ports.api.kinds$;
    this.fencing = ports.api.fencing;
  }

  get(kind: AnyKind, at: Address, params: GetParams = {}): Promise<KubeObject> {
    return this.request('get', kind, at, params, false, (p) => this.ports.api.get(kind, at, p));
  }

  list(kind: AnyKind, at: Address, params: ListParams = {}): Promise<ListResult> {
    return this.request('list', kind, at, params, false, (p) => this.ports.api.list(kind, at, p));
  }

  create(kind: AnyKind, at: Address, object: unknown, params: WriteParams = {}): Promise<Written> {
    const { metadata } = object as { readonly metadata?: { readonly name?: string; readonly generateName?: string } };
    return this.request('create', kind, { ...at, name: at.name ?? metadata?.name ?? metadata?.generateName }, params, true, (p) => this.ports.api.create(kind, at, object, p));
  }

  update(kind: AnyKind, at: Address, object: unknown, params: WriteParams = {}): Promise<Written> {
    return this.request('update', kind, at, params, true, (p) => this.ports.api.update(kind, at, object, p));
  }

  patch(kind: AnyKind, at: Address, patch: Patch, params: WriteParams = {}): Promise<Written> {
    return this.request(patch.type === 'apply' ? 'apply' : 'patch', kind, at, params, true, (p) => this.ports.api.patch(kind, at, patch, p));
  }

  delete(kind: AnyKind, at: Address, params: DeleteParams = {}): Promise<Written> {
    return this.request('delete', kind, at, params, true, (p) => this.ports.api.delete(kind, at, p));
  }

  deleteCollection(kind: AnyKind, at: Address, options: ListParams & DeleteParams): Promise<ListResult> {
    return this.request('deletecollection', kind, at, options, true, (p) => this.ports.api.deleteCollection(kind, at, p));
  }

  watch(kind: AnyKind, at: Address, params: WatchParams = {}): AsyncIterable<readonly WatchEvent[]> {
    const { actor, api, clock, life, faults, trace } = this.ports;
    const site = `${actor}/event:${kind.plural}`;
    return { [Symbol.asyncIterator]: () => new RemoteWatch({
      open: (signal) => api.watch(kind, at, { ...params, signal }), signal: params.signal, clock, life, trace, site, faults,
      latencyMs: () => this.latencyMs(site),
      onOpen: (watch) => { this.watches.add(watch); }, onClose: (watch) => { this.watches.delete(watch); },
    }) };
  }

  /** An external call over this connection; see `externalService`. */
  call<T>(service: string, method: string, run: () => Promise<T>): Promise<T> {
    const { faults, life } = this.ports;
    if (!life.alive) return none;
    const site = `${this.ports.actor}/${service}.${method}`;
    const isFaulty = faults?.hit('service.*', site) ?? false;
    const effect = isFaulty ? (['api.slow', 'api.500', 'lost.applied', 'lost.notApplied'] as const)[Math.floor((faults?.chance('effect') ?? 0) * 4)] : undefined;
    return this.exchange<T>({ site, key: `${service}.${method}`, verb: 'call', isWrite: true, fault: effect, counted: isFaulty ? 'service.*' : undefined, send: run }, undefined);
  }

  private request<T, P extends RequestOptions>(verb: string, kind: AnyKind, at: Address, params: P, isWrite: boolean, send: (params: P) => Promise<T>): Promise<T> {
    const { actor, faults, life } = this.ports;
    const { signal } = params;
    if (!life.alive) return none;
    if (signal?.aborted) return Promise.reject(new Aborted(`${verb} ${kind.plural}`, { cause: signal.reason }));
    const key = [at.namespace, at.name, at.subresource].filter((part) => part !== undefined).join('/');
    const site = `${actor}/${verb}:${kind.plural}/${key}`;
    if (isWrite && faults?.hit('crash', `${site}/before`)) {
      life.crash(`before ${verb} ${kind.plural} ${key}`);
      return none;
    }
    const fault = this.faultOf(site, isWrite);
    return this.exchange<T>({ site, key: `${kind.plural} ${key}`, verb, isWrite, fault, counted: fault, send: () => send({ ...params, signal: undefined }) }, signal, (result) => {
      if (isWrite && result.type === 'ok') this.ports.onWrite({ actor, verb, kind, key, changed: isChange(result.value) });
    });
  }

  /** At most one for a request. */
  private faultOf(site: string, isWrite: boolean): FaultKind | undefined {
    const { faults } = this.ports;
    if (!faults?.active) return undefined;
    for (const kind of isWrite ? faultsOfWrites : faultsOfReads) if (faults.hit(kind, site)) return kind;
    return undefined;
  }

  private exchange<T>(o: { site: string; key: string; verb: string; isWrite: boolean; fault: FaultKind | undefined; counted: FaultKind | undefined; send: () => Promise<T> }, signal: AbortSignal | undefined, onServed?: (result: Result<T>) => void): Promise<T> {
    const { clock, life, trace, actor, faults } = this.ports;
    const durationMs = o.fault === undefined ? 0 : faults?.durationMs(o.fault) ?? 0;
    const applies = o.fault === 'api.500' && o.isWrite && (faults?.chance('applied') ?? 0) < 0.5;
    life.requests++;
    return new Promise<T>((resolve, reject) => {
      let isOpen = true;
      const close = () => {
        if (!isOpen) return false;
        isOpen = false;
        life.requests--;
        signal?.removeEventListener('abort', onAbort);
        return life.alive;
      };
      const onAbort = () => {
        // Sent is sent: what a write did is not known here.
        if (close()) reject(o.isWrite ? new UnknownOutcome(`${o.verb} ${o.key}`, { cause: signal?.reason }) : new Aborted(`${o.verb} ${o.key}`, { cause: signal?.reason }));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const answer = (result: Result<T>) => {
        if (!close()) return;
        if (o.counted !== undefined && !(o.fault === 'lost.applied' && !(result.type === 'error' && result.error instanceof UnknownOutcome))) faults?.noteObserved(o.counted);
        trace.add(clock.now(), `${actor} ${o.verb} ${o.key} -> ${describe(result)}`);
        if (result.type === 'ok') resolve(result.value);
        else reject(result.error);
      };
      const request = { ...o, durationMs, applies, onServed, answer };
      clock.setTimer(clock.now() + this.latencyMs(o.site), () => { void this.serve(request); });
    });
  }

  /** The other side: the request has arrived. */
  private async serve<T>(r: Omit<Request<T>, 'kind'> & { readonly onServed: ((result: Result<T>) => void) | undefined }): Promise<void> {
    const { clock, life, faults, trace, seed } = this.ports;
    // What a dead process had sent arrives, or does not (M18).
    if (!life.alive && draw(seed, `arrives/${r.site}`, this.use(`arrives/${r.site}`)) < 0.5) return;
    if (r.fault !== undefined) trace.add(clock.now(), `! ${r.fault} ${r.site}`);
    let result: Result<T>;
    if (r.fault === 'lost.notApplied') result = unknown(r);
    else if (r.fault === 'api.500' && !r.applies) result = refused();
    else {
      try {
        result = { type: 'ok', value: await r.send() };
      } catch (error) {
        result = { type: 'error', error: toError(error) };
      }
      r.onServed?.(result);
      if (r.isWrite && result.type === 'ok' && faults?.hit('crash', `${r.site}/after`)) life.crash(`after ${r.verb} ${r.key}`);
      if (r.fault === 'lost.applied' && result.type === 'ok') result = unknown(r);
      else if (r.fault === 'api.500') result = refused();
    }
    const waitMs = this.latencyMs(r.site) + r.durationMs;
    clock.setTimer(clock.now() + waitMs, () => {
      if (life.alive && faults?.hit('crash', `${r.site}/answer`)) life.crash(`at the answer to ${r.verb} ${r.key}`);
      r.answer(result);
    });
  }

  /** 0.2 … 20 ms, short and long ones equally likely. */
  private latencyMs(site: string): number {
    return 0.2 * 100 ** draw(this.ports.seed, `latency/${site}`, this.use(site));
  }

  private use(site: string): number {
    const { uses } = this.ports;
    const n = uses.get(site) ?? 0;
    uses.set(site, n + 1);
    return n;
  }
}

const faultsOfWrites: readonly FaultKind[] = ['lost.applied', 'lost.notApplied', 'api.500', 'api.slow'];
const faultsOfReads: readonly FaultKind[] = ['api.500', 'api.slow'];

function unknown(r: { readonly verb: string; readonly key: string }): Result<never> {
  return { type: 'error', error: new UnknownOutcome(`${r.verb} ${r.key}`) };
}

function refused(): Result<never> {
  return { type: 'error', error: new ApiError(failure(500, 'InternalError', 'Internal error occurred: simulated')) };
}

/** The answers to writes say which version they met and which they made (A122); those of collections do not. */
function isChange(value: unknown): boolean {
  const { appliedTo, resourceVersion } = value as Partial<Written>;
  return appliedTo === undefined || appliedTo !== resourceVersion;
}

function describe(result: Result<unknown>): string {
  if (result.type === 'error') return result.error instanceof ApiError ? result.error.status.reason : result.error.name;
  const written = result.value as { readonly resourceVersion?: unknown } | undefined;
  return `ok ${typeof written?.resourceVersion === 'string' ? written.resourceVersion : ''}`;
}

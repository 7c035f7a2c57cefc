import type { Api } from '../api/api.js';
import { isReason } from '../api/api-error.js';
import type { Client, ClientSettings, DirectClient, WriteReport } from '../client/client.js';
import { eventRecorder, type EventRecorder } from '../client/event-recorder.js';
import type { AppEvent, CoreContext, Runnable, Term } from '../controller/runnable.js';
import { LeadershipLost } from '../election/election.js';
import type { Elector } from '../election/elector.js';
import { cachedClient } from '../informer/cached-client.js';
import type { Informers } from '../informer/informers.js';
import { Aborted, ConfigError, type SetpointError } from '../runtime/errors.js';
import { longLived } from '../runtime/long-lived.js';
import type { Runtime } from '../runtime/runtime.js';
import type { Token } from '../runtime/token.js';

/** The app as its parts see it. */
export interface PartPorts {
  readonly api: Api;
  readonly runtime: Runtime;
  readonly services: { has(token: Token<unknown>): boolean; resolve<T>(token: Token<T>): T; resolveAll<T>(token: Token<T>): readonly T[] };
  readonly informers: Informers;
  /** Events are written by it: they need no fence (L23). */
  readonly direct: DirectClient;
  readonly elector: Elector | undefined;
  /** The present term; without election the life of the app. */
  term(): Term | undefined;
  /** Without election, and for parts that need no leader (R49). */
  readonly wholeLife: Term;
  extensions(): readonly unknown[];
  emit(event: AppEvent): void;
  fail(error: SetpointError): void;
}

/** What one part is lent: a view of the app, and what ends with the part (R40). */
export interface PartContext {
  readonly context: CoreContext;
  readonly recorder: EventRecorder;
  release(): Promise<void>;
}

/** @throws ConfigError when a service cannot be made (R54) */
export function partContext(ports: PartPorts, part: Runnable, o: { readonly leader: boolean; readonly inject: readonly Token<unknown>[] }): PartContext {
  const { api, runtime, services, informers } = ports;
  const end = longLived();
  const handles: AsyncDisposable[] = [];
  const owner = {};
  // Before anything starts, so that a service that cannot be made leaves nothing behind.
  const values = new Map(o.inject.map((token) => [token, services.resolve(token)]));
  const recorder = eventRecorder({ client: ports.direct, component: part.name, runtime });
  const isElected = o.leader && ports.elector !== undefined;
  const connect: CoreContext['connect'] = (settings) => connectPart(ports, { ...settings, isElected, signal: settings.signal ?? end.signal, owner });
  const context: CoreContext = {
    ...runtime, random: runtime.random.fork(part.name), name: part.name, api, recorder, connect,
    client: connect({ fieldManager: part.name }),
    informer: (kind, options) => {
      end.signal.throwIfAborted();
      const handle = informers.for(kind, options);
      handles.push(handle);
      return handle;
    },
    findInformer: (kind, options) => informers.finder(kind, options),
    resolve: <T>(token: Token<T>) => {
      if (values.has(token)) return values.get(token) as T; // bound to a value of its type
      if (!services.has(token)) throw new ConfigError([{ path: part.name, message: `nothing is bound to ${token.name}` }], { hint: `declared: ${o.inject.map((t) => t.name).join(', ')}` });
      return services.resolve(token);
    },
    resolveAll: (token) => services.resolveAll(token),
    extensions: () => ports.extensions(),
    kinds$: api.kinds$,
    emit: (event) => { ports.emit(event); },
    fail: (error) => { ports.fail(error); },
    term: () => (isElected ? ports.term() : ports.wholeLife),
  };
  const release = async () => {
    end.abort(new Aborted(part.name));
    await Promise.all(handles.splice(0).map((handle) => handle[Symbol.asyncDispose]()));
    informers.releaseReads(owner);
    await recorder[Symbol.asyncDispose]();
  };
  return { context, recorder, release };
}

type Connection = Parameters<CoreContext['connect']>[0] & { readonly isElected: boolean; readonly signal: AbortSignal; readonly owner: object };

/** Cached reads, writes under the term: after its end a write is refused here, without a request (L12). */
function connectPart(ports: PartPorts, o: Connection): Client {
  const onWrite = o.isElected ? (report: WriteReport) => { tellElector(ports, report); o.onWrite?.(report); } : o.onWrite;
  const settings: ClientSettings = {
    api: ports.api, fieldManager: o.fieldManager, signal: o.signal,
    ...(onWrite ? { onWrite } : {}),
    ...(o.isElected ? { fence: () => fenceOf(ports.term()) } : {}),
  };
  return cachedClient(settings, ports.informers, { owner: o.owner, ...(o.namespaces ? { namespaces: o.namespaces } : {}) });
}

function fenceOf(term: Term | undefined) {
  if (!term?.valid || term.epoch === undefined || term.lease === undefined) throw new LeadershipLost('stopped');
  return { lease: term.lease, epoch: term.epoch };
}

/** A write that the store refused shows that another term has begun (L11). */
function tellElector({ elector, term }: PartPorts, report: WriteReport): void {
  if (report.type !== 'failed' || !isReason(report.error, 'Fenced')) return;
  const epoch = term()?.epoch;
  if (epoch !== undefined) elector?.fenced(epoch);
}

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock, Random, keyedRandom, memory, provide, run, systemClock, type AnyKind, type App, type Client, type Store } from '../../index.js';
import { builtinControllers } from '../../controllers/index.js';
import * as builtinKinds from '../../kinds/index.js';
import { Node } from '../../kinds/index.js';
import { hollowNodes } from '../../testing/index.js';
import { startEtcd } from '../etcd-process.js';
import { loadExample, type Example } from './example.js';
import { probe } from './latency.js';
import { checkManifests, readManifests, type Manifest } from './manifests.js';
import type { StartOptions } from './options.js';
import { idOf, openStage } from './stage.js';
import { tell, type StoryResult } from './story.js';
import { timeline, type Screen } from './timeline.js';

/** How much faster than the wall clock a run goes by default. */
const speed = 20;

/** The figures of one run (X1). */
export interface StartFigures {
  readonly pods: number;
  readonly nodes: number;
  readonly rescheduled: number;
  readonly leftBehind: number;
  readonly seconds: number;
  readonly podsPerSecond: number;
  readonly apiP99Ms: number;
  readonly rssMiB: number;
}

export interface StartPorts {
  readonly screen: Screen;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly rssBytes: () => number;
}

/** `npm start`: a cluster from its manifests to the last object deleted. Answers the figures; throws what went wrong. */
export async function start(options: StartOptions, ports: StartPorts): Promise<StartFigures> {
  const { example, manifests: shipped } = await loadExample(options.example);
  const kinds = [...example.kinds, ...builtin()];
  const manifests = resize(await readManifests(options.files ?? shipped, kinds), example, options);
  ports.signal.throwIfAborted();
  const wall = systemClock();
  const startedAt = wall.now();
  await using store = await openStore(options, ports.signal);
  const clock = systemClock({ speed: options.realTime ? 1 : speed });
  const parts = example.parts();
  const nodes = hollowNodes({ adopt: true, register: options.nodes ?? 0 });
  await using app = await run({
    store: store.store, kinds, services: [...example.services, provide(Clock, clock), ...(options.seed === undefined ? [] : [provide(Random, keyedRandom(options.seed))])],
    // The built-in controllers come below, with the other parts: nothing acts before the manifests are judged.
    housekeeping: false,
  });
  await checkManifests(app.client, manifests);
  const known = new Set([...await present(app.client, kinds), ...manifests.map(({ object, kind }) => idOf(withNamespace(object, kind))), ...nodes.names(options.nodes ?? 0).map((name) => `Node ${name}`)]);
  for (const part of [parts.scheduler, ...parts.others, builtinControllers(), nodes]) await app.add(part);
  const lines = timeline(ports.screen, () => (clock.now() - begunAt) / 1_000);
  const begunAt = clock.now();
  await using latency = probe(app.client, clock);
  await using stage = await openStage({
    app, clock, timeline: lines, application: example.application, kinds: () => kinds, watch: options.watch, signal: ports.signal,
    known,
  });
  const result = await tell({ app, stage, example, manifests, nodes: app.of(nodes), scheduler: app.of(parts.scheduler), stay: () => untilAborted(ports.signal, app) });
  return await finish(result, { options, seconds: (wall.now() - startedAt) / 1_000, latency: latency.p99Ms(), rssBytes: ports.rssBytes() });
}

/** What a store that outlives its runs holds already. */
async function present(client: Client, kinds: readonly AnyKind[]): Promise<readonly string[]> {
  const lists = await Promise.all(kinds.map((kind) => client.list(kind)));
  return lists.flat().map((object) => idOf(object));
}

/** Every built-in kind; the module exports other things besides. */
function builtin(): readonly AnyKind[] {
  return Object.values(builtinKinds).filter((value): value is Extract<typeof value, AnyKind> => typeof value === 'object' && 'plural' in value);
}

async function openStore(options: StartOptions, signal: AbortSignal): Promise<{ readonly store: Store } & AsyncDisposable> {
  if (options.store === 'memory') return { store: memory(), [Symbol.asyncDispose]: () => Promise.resolve() };
  if (options.store === 'memory-dir') return openFolder(options.dir);
  // Loaded only when asked for: the gRPC library is most of the weight of this entry.
  const { etcd } = await import('../../core/store/etcd/index.js');
  // The run's clock may go 20 times as fast; the network and the server's leases do not.
  const clock = systemClock();
  if (options.endpoints) return { store: etcd(options.endpoints, { clock }), [Symbol.asyncDispose]: () => Promise.resolve() };
  const process = await startEtcd({ signal });
  return { store: etcd(process.endpoints, { clock }), [Symbol.asyncDispose]: () => process.stop() };
}

/** A folder that was named stays; one made for the run goes with it (X10). */
async function openFolder(named: string | undefined): Promise<{ readonly store: Store } & AsyncDisposable> {
  if (named !== undefined) return { store: memory({ dir: named }), [Symbol.asyncDispose]: () => Promise.resolve() };
  const dir = await mkdtemp(join(tmpdir(), 'setpoint-store-'));
  return { store: memory({ dir }), [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** `--nodes` replaces the manifests' nodes, `--pods` is shared among the applications. */
function resize(manifests: readonly Manifest[], example: Example, { nodes, pods }: StartOptions): readonly Manifest[] {
  const kept = nodes === undefined ? manifests : manifests.filter((m) => m.kind !== Node);
  if (pods === undefined) return kept;
  const apps = kept.filter((m) => m.kind === example.application);
  return kept.map((m) => {
    const place = apps.indexOf(m);
    if (place < 0) return m;
    const replicas = Math.floor(pods / apps.length) + (place < pods % apps.length ? 1 : 0);
    return { ...m, object: { ...m.object, spec: { ...m.object.spec, replicas } } };
  });
}

function withNamespace(object: Manifest['object'], kind: AnyKind): Manifest['object'] {
  return kind.namespaced ? { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? 'default' } } : object;
}

async function untilAborted(signal: AbortSignal, app: App): Promise<void> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    else signal.addEventListener('abort', () => { reject(signal.reason as Error); }, { once: true });
  });
  await Promise.race([aborted, app.closed]);
}

async function finish(result: StoryResult, o: { readonly options: StartOptions; readonly seconds: number; readonly latency: number; readonly rssBytes: number }): Promise<StartFigures> {
  const figures: StartFigures = {
    pods: result.pods, nodes: result.nodes, rescheduled: result.rescheduled, leftBehind: result.leftBehind,
    seconds: round(o.seconds), podsPerSecond: round(result.pods / Math.max(result.readySeconds, 0.001)), apiP99Ms: round(o.latency), rssMiB: Math.round(o.rssBytes / 2 ** 20),
  };
  if (o.options.json !== undefined) await writeFile(o.options.json, `${JSON.stringify(figures, undefined, 2)}\n`);
  return figures;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

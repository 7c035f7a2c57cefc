import { Subject } from 'rxjs';
import { Event, Lease, Namespace, type AnyKind, type App, type Clock, type Informer, type KubeObject } from '../../index.js';
import { Node, Pod } from '../../kinds/index.js';
import { bar, type Timeline } from './timeline.js';

/** A step of the run did not come about. */
export class StepFailed extends Error {}

/** The cluster as the story sees it, and the account of what happens in it. */
export interface Stage extends AsyncDisposable {
  readonly watch: boolean;
  /** Since the start, in the run's clock. */
  seconds(): number;
  step(text: string): void;
  line(text: string): void;
  pods(): readonly Pod[];
  nodes(): readonly Node[];
  applications(): readonly KubeObject[];
  /** Objects that neither the manifests nor the cluster itself brought: `Kind namespace/name`. */
  strays(): Promise<readonly string[]>;
  /** Resolves when it is true; throws StepFailed after so many seconds of the run's clock. */
  until(what: string, seconds: number, condition: () => boolean | Promise<boolean>): Promise<void>;
}

export interface StagePorts {
  readonly app: App;
  readonly clock: Clock;
  readonly timeline: Timeline;
  readonly application: AnyKind;
  readonly kinds: () => readonly AnyKind[];
  /** `Kind namespace/name` of what was there by intent. */
  readonly known: ReadonlySet<string>;
  readonly watch: boolean;
  readonly signal: AbortSignal;
}

/** How long changes are gathered into one line, in milliseconds of the run's clock. */
const gatherMs = 1_000;

export async function openStage(ports: StagePorts): Promise<Stage> {
  const { app, clock, timeline } = ports;
  const startedAt = clock.now();
  const changed = new Subject<void>();
  const pods = app.informer(Pod);
  const nodes = app.informer(Node);
  const applications: Informer<KubeObject> = app.informer(ports.application);
  const news = gather(clock, (line) => { timeline.line(line); });
  const opened = [
    pods.subscribe((batch) => { for (const delta of batch.deltas) podNews(delta, news); showProgress(); changed.next(); }),
    nodes.subscribe((batch) => { for (const delta of batch.deltas) nodeNews(delta, (line) => { timeline.line(line); }); changed.next(); }),
    applications.subscribe(() => { changed.next(); }),
  ];
  const showProgress = () => {
    const all = pods.cache.list();
    const ready = all.filter((pod) => conditionOf(pod, 'Ready') === 'True').length;
    timeline.progress(all.length === 0 ? undefined : `${bar(ready, all.length)} ${ready} of ${all.length} pods Ready`);
  };
  await Promise.all([pods.ready(), nodes.ready(), applications.ready()]);
  return {
    watch: ports.watch,
    seconds: () => (clock.now() - startedAt) / 1_000,
    step: (text) => { news.flush(); timeline.step(text); },
    line: (text) => { news.flush(); timeline.line(text); },
    pods: () => pods.cache.list(),
    nodes: () => nodes.cache.list(),
    applications: () => applications.cache.list(),
    strays: () => strays(ports),
    until: (what, seconds, condition) => waitFor(ports, changed, what, seconds * 1_000, condition),
    async [Symbol.asyncDispose]() {
      news.flush();
      timeline.progress(undefined);
      for (const subscription of opened) subscription.unsubscribe();
      await Promise.all([pods, nodes, applications].map((informer) => informer[Symbol.asyncDispose]()));
    },
  };
}

/** Kinds whose objects are the cluster's own book-keeping. */
const bookkeeping: ReadonlySet<string> = new Set([Namespace, Lease, Event].map((kind) => `${kind.kind}.${kind.group}`));

async function strays({ app, kinds, known }: StagePorts): Promise<readonly string[]> {
  const found: string[] = [];
  for (const kind of kinds()) {
    if (bookkeeping.has(`${kind.kind}.${kind.group}`)) continue;
    for (const object of await app.client.list(kind)) if (!known.has(idOf(object))) found.push(idOf(object));
  }
  return found;
}

/** `Kind namespace/name`. */
export function idOf(object: { readonly kind: string; readonly metadata: { readonly name: string; readonly namespace?: string | undefined } }): string {
  return `${object.kind} ${object.metadata.namespace === undefined ? '' : `${object.metadata.namespace}/`}${object.metadata.name}`;
}

async function waitFor(ports: StagePorts, changed: Subject<void>, what: string, limitMs: number, condition: () => boolean | Promise<boolean>): Promise<void> {
  const { clock, signal } = ports;
  const until = clock.now() + limitMs;
  while (!(await condition())) {
    signal.throwIfAborted();
    if (clock.now() >= until) throw new StepFailed(`${what}: not so within ${limitMs / 1_000} s`);
    await new Promise<void>((resolve) => {
      const end = () => { timer.cancel(); change.unsubscribe(); signal.removeEventListener('abort', end); resolve(); };
      // Looked at again each second, too: some conditions are not only about what is watched.
      const timer = clock.setTimer(Math.min(until, clock.now() + 1_000), end);
      const change = changed.subscribe(end);
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

type Delta<T> = Parameters<Parameters<Informer<T>['subscribe']>[0]>[0]['deltas'][number];

interface News {
  add(what: string, where: string | undefined): void;
  flush(): void;
}

/** Many like changes in one second are one line: `12 pods scheduled: small-1 4, large-1 8`. */
function gather(clock: Clock, print: (line: string) => void): News {
  let counts = new Map<string, Map<string, number>>();
  let timer: { cancel(): void } | undefined;
  const flush = () => {
    timer?.cancel();
    timer = undefined;
    const told = counts;
    counts = new Map();
    for (const [what, places] of told) {
      const total = [...places.values()].reduce((a, b) => a + b, 0);
      const where = [...places].filter(([place]) => place !== '').sort(([a], [b]) => (a < b ? -1 : 1)).map(([place, n]) => `${place} ${n}`).join(', ');
      print(`${total} ${total === 1 ? 'pod' : 'pods'} ${what}${where === '' ? '' : `: ${where}`}`);
    }
  };
  return {
    add(what, where = '') {
      const places = counts.get(what) ?? new Map<string, number>();
      counts.set(what, places);
      places.set(where, (places.get(where) ?? 0) + 1);
      timer ??= clock.setTimer(clock.now() + gatherMs, flush);
    },
    flush,
  };
}

function podNews(delta: Delta<Pod>, news: News): void {
  if (delta.type === 'added') { news.add('created', undefined); return; }
  if (delta.type === 'deleted') { news.add('gone', delta.old.spec.nodeName); return; }
  const { old, new: now } = delta;
  if (old.spec.nodeName !== now.spec.nodeName) news.add('scheduled', now.spec.nodeName);
  if (conditionOf(old, 'Ready') !== 'True' && conditionOf(now, 'Ready') === 'True') news.add('Ready', now.spec.nodeName);
  if (old.metadata.deletionTimestamp === undefined && now.metadata.deletionTimestamp !== undefined) news.add('terminating', now.spec.nodeName);
}

function nodeNews(delta: Delta<Node>, print: (line: string) => void): void {
  if (delta.type === 'deleted') print(`node ${delta.old.metadata.name} is gone`);
  if (delta.type !== 'updated') return;
  const { old, new: now } = delta;
  const name = now.metadata.name;
  if (conditionOf(old, 'Ready') !== conditionOf(now, 'Ready')) print(`node ${name}: Ready is ${conditionOf(now, 'Ready') ?? 'absent'}`);
  const taints = (node: Node) => new Set((node.spec.taints ?? []).map((taint) => `${taint.key}:${taint.effect}`));
  for (const taint of taints(now)) if (!taints(old).has(taint)) print(`node ${name}: taint ${taint} added`);
  for (const taint of taints(old)) if (!taints(now).has(taint)) print(`node ${name}: taint ${taint} removed`);
}

function conditionOf(object: { readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } }, type: string): string | undefined {
  return object.status?.conditions?.find((c) => c.type === type)?.status;
}

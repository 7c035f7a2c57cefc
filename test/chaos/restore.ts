import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeEtcdPorts } from '../../src/cli/etcd-process.js';
import { canonical } from '../../src/core/resource/json/canonical.js';
import { systemRuntime } from '../../src/core/runtime/runtime.js';
import { silent } from '../../src/core/runtime/logger.js';
import { backupStore, restoreStore } from '../../src/core/store/backup-store.js';
import { bytesCodec } from '../../src/core/store/bytes-codec.js';
import { etcd } from '../../src/core/store/etcd/index.js';
import { memory } from '../../src/core/store/memory/memory.js';
import type { Store } from '../../src/core/store/provider.js';
import type { Revision } from '../../src/core/store/store.js';
import { controller, defineResource, run, t, type App, type Batch, type Informer, type KubeObject } from '../../src/index.js';
import { ConfigMap } from '../../src/kinds/index.js';
import { etcdForTests } from '../integration/etcd-process.js';
import { movesRevisions, restoreSnapshot } from '../integration/etcd-snapshot.js';
import { ReplaceableStore } from './replaceable-store.js';
import { resultOf, type ChaosOrder, type ChaosResult } from './result.js';

const Site = defineResource({ group: 'demo.example.com', version: 'v1', kind: 'Site', spec: t.Object({ text: t.String() }) });

/** What is backed up, wiped and restored, under those who use it. */
interface Home {
  readonly name: string;
  readonly store: Store;
  /** Whether what is restored begins beyond all revisions that were seen; with etcd 3.4 it cannot (S89). */
  readonly movesOn: boolean;
  backup(path: string): Promise<void>;
  /** Answers the revision that it begins with. */
  wipeAndRestore(path: string, backedUp: Revision): Promise<Revision>;
  stop(): Promise<void>;
}

interface Tally {
  objects: number;
  relists: number;
  lost: number;
  duplicated: number;
  /** Versions that were seen before with other content. */
  reused: number;
  readonly violations: string[];
}

const bump = 1_000_000_000n;
/** How long the informers may take to see the restored store. */
const convergesWithinMs = 60_000;

/**
 * Backup, more writes, wipe, restore, under two apps that go on: content is what it was, and all informers and controllers
 * come to it. Over a folder and over etcd, each `rounds` times (default 5). Rules: S37, S88–S91, I15, R2, C68.
 */
export async function restore({ rounds = 5, report, signal }: ChaosOrder): Promise<ChaosResult> {
  const folder = await mkdtemp(join(tmpdir(), 'setpoint-restore-'));
  const tally: Tally = { objects: 0, relists: 0, lost: 0, duplicated: 0, reused: 0, violations: [] };
  try {
    for (const makeHome of [folderHome, etcdHome]) {
      for (let round = 0; round < rounds && !signal.aborted; round++) {
        const home = await makeHome(await mkdtemp(join(folder, 'home-')));
        report(`${home.name}, round ${String(round + 1)} of ${String(rounds)}`);
        try {
          await play(home, join(folder, `${home.name}-${String(round)}`), tally);
        } finally {
          await home.stop();
        }
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const { objects, relists, reused, lost, duplicated, violations } = tally;
  return resultOf('restore', { restores: 2 * rounds, objects, relists, 'versions used again': reused }, { lost, duplicated, violations });
}

async function play(home: Home, path: string, tally: Tally): Promise<void> {
  const sites = controller(Site).owns(ConfigMap).reconcile(async ({ spec, meta, apply }) => {
    await apply(ConfigMap, { metadata: { name: meta.name }, data: { text: spec.text } });
  });
  const options = { store: home.store, kinds: [Site, ConfigMap], log: silent };
  await using app = await run(sites, options);
  // Another master, which only looks on.
  await using observer = await run({ ...options, housekeeping: false });
  const seen = new SeenVersions();
  const watched = [app, observer].flatMap((one) => [one.informer(Site), one.informer(ConfigMap)] as Informer<KubeObject>[]);
  for (const informer of watched) informer.subscribe((batch) => { seen.add(batch); });
  await Promise.all(watched.map((informer) => informer.ready()));

  const create = (from: number, to: number) => Promise.all(Array.from({ length: to - from }, (_, i) => app.client.create(Site, { metadata: { name: `site-${String(from + i)}` }, spec: { text: `text ${String(from + i)}` } })));
  await create(0, 200);
  await app.settled();
  const before = await contentOf(home.store);
  await home.backup(path);

  // What the backup does not hold, and everybody knows.
  await create(200, 250);
  await Promise.all(Array.from({ length: 50 }, (_, i) => app.client.patch(Site, `site-${String(i)}`, { spec: { text: 'changed' } })));
  await Promise.all(Array.from({ length: 50 }, (_, i) => app.client.delete(Site, `site-${String(150 + i)}`)));
  await app.settled();
  await converged([app, observer], 200, []);
  const toldBefore = [app, observer].map(toldOf);

  const begins = await home.wipeAndRestore(path, before.revision);
  const after = await contentOf(home.store, begins);
  if (after.hash !== before.hash) tally.violations.push(`${home.name}: the restored content differs`);
  tally.objects += after.count;
  tally.lost += Math.max(0, before.count - after.count);
  await converged([app, observer], 200, tally.violations);
  [app, observer].map(toldOf).forEach((told, i) => {
    for (const [resource, count] of told) {
      const relists = count - (toldBefore[i]?.get(resource) ?? 0);
      tally.relists += relists;
      if (relists < 1) tally.violations.push(`${home.name}: the informer of ${resource} did not list again`);
    }
  });

  // Work goes on.
  await create(200, 220);
  await app.settled();
  await converged([app, observer], 220, tally.violations);
  tally.duplicated += (await app.client.list(ConfigMap)).length - 220;
  tally.reused += seen.reused;
  if (home.movesOn && seen.reused > 0) tally.violations.push(`${home.name}: ${String(seen.reused)} versions were seen before with other content`);
}

/** Every object as it was delivered, by its version: none may come again with other content (S90). */
class SeenVersions {
  readonly #seen = new Map<string, string>();
  reused = 0;

  add(batch: Batch<KubeObject>): void {
    for (const delta of batch.deltas) {
      if (delta.type === 'deleted') continue;
      const { kind, metadata } = delta.new;
      const version = `${kind} ${metadata.name} ${metadata.resourceVersion}`;
      const content = canonical(delta.new);
      if ((this.#seen.get(version) ?? content) !== content) this.reused++;
      this.#seen.set(version, content);
    }
  }
}

/** All that the store holds at a revision, without its own numbers. */
async function contentOf(store: Store, revision?: Revision): Promise<{ readonly hash: string; readonly count: number; readonly revision: Revision }> {
  const handle = await store.open(bytesCodec, systemRuntime());
  try {
    const { items, revision: now } = await patiently(() => handle.range({ prefix: '', ...(revision === undefined ? {} : { revision }) }));
    const hash = createHash('sha256');
    for (const { key, value, version } of items) hash.update(canonical([key, version.toString(), plain(value)]));
    return { hash: hash.digest('hex'), count: items.length, revision: now };
  } finally {
    await handle[Symbol.asyncDispose]();
  }
}

/** A folder that an app has open gives the app's own objects, with their versions; etcd gives bytes, without. */
function plain(value: unknown): unknown {
  const object = (value instanceof Uint8Array ? JSON.parse(new TextDecoder().decode(value)) : value) as { readonly metadata?: object };
  const { metadata, ...rest } = object;
  return metadata ? { ...rest, metadata: { ...metadata, resourceVersion: undefined } } : object;
}

/** Every informer holds what the api says, there are so many sites, and each has its child with its text. */
async function converged(apps: readonly App[], sites: number, violations: string[]): Promise<void> {
  const deadline = Date.now() + convergesWithinMs;
  for (;;) {
    const faults = await faultsOf(apps, sites).catch((error: unknown) => [String(error)]);
    if (faults.length === 0) return;
    if (Date.now() > deadline) { violations.push(...faults.slice(0, 3)); return; }
    await sleep(50);
  }
}

async function faultsOf(apps: readonly App[], sites: number): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [i, app] of apps.entries()) {
    const [parents, children] = await Promise.all([app.client.list(Site), app.client.list(ConfigMap)]);
    if (parents.length !== sites) faults.push(`app ${String(i)}: ${String(parents.length)} sites, not ${String(sites)}`);
    const texts = new Map(children.map((child) => [child.metadata.name, child.data?.['text']]));
    if (texts.size !== sites) faults.push(`app ${String(i)}: ${String(texts.size)} children of ${String(sites)} sites`);
    for (const site of parents) if (texts.get(site.metadata.name) !== site.spec.text) faults.push(`app ${String(i)}: ${site.metadata.name} has not the child that it should`);
    for (const [kind, live] of [[Site, parents], [ConfigMap, children]] as const) {
      const cached = app.informer(kind as typeof ConfigMap).cache.list();
      if (digest(cached) !== digest(live)) faults.push(`app ${String(i)}: the informer of ${live[0]?.kind ?? ''} holds something else than the api`);
    }
  }
  return faults;
}

function digest(objects: readonly KubeObject[]): string {
  return objects.map((object) => canonical(object)).sort().join('\n');
}

/** How often each informer was told that its version is of no use any more, by the app's own figures; then it lists again. */
function toldOf(app: App): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const [, resource = '', reason = '', count] of app.metrics().matchAll(/^informer_(?:faults_total|objects)\{resource="([^"]+)"(?:,reason="([^"]+)")?\} (\d+)/gm)) {
    told.set(resource, (told.get(resource) ?? 0) + (['Expired', 'StoreRolledBack'].includes(reason) ? Number(count) : 0));
  }
  return told;
}

/** A read of a server that is just coming back. */
async function patiently<T>(read: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + convergesWithinMs;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (Date.now() > deadline || !(error as { readonly retryable?: boolean }).retryable) throw error;
      await sleep(50);
    }
  }
}

async function folderHome(root: string): Promise<Home> {
  let [dir, store] = [join(root, 'first'), memory({ dir: join(root, 'first') })];
  const replaceable = new ReplaceableStore(store);
  return Promise.resolve({
    name: 'folder', store: replaceable, movesOn: true,
    backup: async (path) => { await backupStore(store, path); },
    async wipeAndRestore(path) {
      await replaceable.takeAway();
      await rm(dir, { recursive: true });
      dir = join(root, 'second');
      const { revision } = await restoreStore({ from: path, dir });
      store = memory({ dir });
      await replaceable.bringBack(store);
      return revision;
    },
    stop: () => replaceable.takeAway(),
  });
}

async function etcdHome(root: string): Promise<Home> {
  const [dir, ports] = [join(root, 'data'), await freeEtcdPorts()];
  let server = await etcdForTests({ dir, ports });
  const store = etcd(server.endpoints);
  return {
    name: 'etcd', store, movesOn: movesRevisions(),
    backup: async (path) => { await backupStore(store, path); },
    async wipeAndRestore(path, backedUp) {
      await server.stop();
      await rm(dir, { recursive: true });
      await restoreSnapshot({ from: path, dir, ports });
      server = await etcdForTests({ dir, ports });
      return movesRevisions() ? backedUp + bump : backedUp;
    },
    stop: () => server.stop(),
  };
}

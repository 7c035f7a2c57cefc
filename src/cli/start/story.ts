import type { App, Client, KubeObject } from '../../index.js';
import { Node, type Pod } from '../../kinds/index.js';
import type { SchedulerHandle } from '../../scheduler/index.js';
import type { HollowNodesHandle } from '../../testing/index.js';
import type { Example } from './example.js';
import { applyManifest, type Manifest } from './manifests.js';
import type { Stage } from './stage.js';

/** What the run found in the end (X1). */
export interface StoryResult {
  readonly pods: number;
  readonly nodes: number;
  readonly rescheduled: number;
  readonly leftBehind: number;
  /** Of the run's own clock, until everything was Ready. */
  readonly readySeconds: number;
}

export interface StoryPorts {
  readonly app: App;
  readonly stage: Stage;
  readonly example: Example;
  readonly manifests: readonly Manifest[];
  readonly nodes: HollowNodesHandle;
  readonly scheduler: SchedulerHandle;
  /** `--watch`: stop telling when everything is Ready, and stay. */
  readonly stay: () => Promise<void>;
}

/** How long each step may take, in seconds of the run's clock. */
const limits = { ready: 180, notReady: 60, evicted: 420, replaced: 120, gone: 180 };

type Application = KubeObject & { readonly spec?: { readonly replicas?: number }; readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string; readonly observedGeneration?: number }[] } };

/** Apply, Ready, scale, a node's death, eviction, replacement, deletion, nothing left. Throws when a step does not come about. */
export async function tell(ports: StoryPorts): Promise<StoryResult> {
  const { stage } = ports;
  await applyAll(ports);
  await everythingReady(ports, 'everything is Ready');
  const readySeconds = stage.seconds();
  await explainSome(ports);
  if (await staysOnly(ports)) return summary(ports, readySeconds, 0, 0);
  await scaleUp(ports);
  const rescheduled = await nodeDeath(ports);
  const result = await summary(ports, readySeconds, rescheduled, 0);
  await deleteApplications(ports);
  return { ...result, leftBehind: await leftBehind(ports) };
}

async function applyAll({ app, stage, manifests }: StoryPorts): Promise<void> {
  stage.step(`apply ${manifests.length} objects`);
  for (const manifest of manifests) await applyManifest(app.client, manifest);
}

function applications({ stage }: StoryPorts): readonly Application[] {
  return stage.applications() as readonly Application[];
}

async function everythingReady(ports: StoryPorts, what: string): Promise<void> {
  const { stage } = ports;
  const wanted = () => applications(ports).reduce((n, a) => n + (a.spec?.replicas ?? 1), 0);
  await stage.until(what, limits.ready, () => {
    const apps = applications(ports);
    const live = stage.pods().filter((pod) => pod.metadata.deletionTimestamp === undefined);
    return apps.length > 0 && apps.every(isReady) && live.length === wanted() && live.every(isReadyPod);
  });
  stage.line(`${wanted()} pods Ready on ${new Set(stage.pods().map((p) => p.spec.nodeName)).size} nodes`);
}

function isReady(application: Application): boolean {
  return application.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True' && c.observedGeneration === application.metadata.generation) ?? false;
}

function isReadyPod(pod: Pod): boolean {
  return pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false;
}

/** One pod of each of the first three applications. */
async function explainSome({ stage, scheduler }: StoryPorts): Promise<void> {
  stage.step('why they are where they are');
  const seen = new Set<string>();
  for (const pod of stage.pods()) {
    const app = pod.metadata.labels?.['app'] ?? pod.metadata.name;
    if (seen.has(app) || seen.size === 3) continue;
    seen.add(app);
    for (const line of String(await scheduler.explain(pod)).trimEnd().split('\n')) stage.line(line);
  }
}

async function staysOnly(ports: StoryPorts): Promise<boolean> {
  if (!ports.stage.watch) return false;
  ports.stage.step('watching; Ctrl-C stops');
  await ports.stay();
  return true;
}

async function scaleUp(ports: StoryPorts): Promise<void> {
  const { app, stage, example } = ports;
  const first = applications(ports)[0];
  if (!first) throw new Error('there is no application to scale');
  const replicas = (first.spec?.replicas ?? 1) + 3;
  stage.step(`scale ${first.metadata.name} from ${first.spec?.replicas ?? 1} to ${replicas}`);
  await app.client.patch(example.application, first, [{ op: 'replace', path: '/spec/replicas', value: replicas }]);
  await everythingReady(ports, `${first.metadata.name} is scaled`);
}

/** The node with most pods stops; what ran there is evicted and replaced, and its machine is taken out. */
async function nodeDeath(ports: StoryPorts): Promise<number> {
  const { app, stage, nodes } = ports;
  const victim = busiestNode(stage.pods());
  const lost = stage.pods().filter((pod) => pod.spec.nodeName === victim);
  const uids = new Set(lost.map((pod) => pod.metadata.uid));
  stage.step(`node ${victim} dies with ${lost.length} pods: its heartbeat stops`);
  nodes.node(victim).crash();
  const diedAt = stage.seconds();
  await stage.until(`node ${victim} is seen as not ready`, limits.notReady, () => stage.nodes().some((n) => n.metadata.name === victim && n.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'Unknown')));
  stage.line(`${(stage.seconds() - diedAt).toFixed(0)} s without a heartbeat: Ready is Unknown`);
  await stage.until(`node ${victim} is tainted`, limits.notReady, () => stage.nodes().some((n) => n.metadata.name === victim && n.spec.taints?.some((t) => t.effect === 'NoExecute')));
  await stage.until('its pods are evicted', limits.evicted, () => stage.pods().every((pod) => !uids.has(pod.metadata.uid) || pod.metadata.deletionTimestamp !== undefined));
  stage.line(`${lost.length} pods evicted, ${(stage.seconds() - diedAt).toFixed(0)} s after the death`);
  await everythingReady(ports, 'the evicted pods are replaced');
  // Nobody is left on the node to say that its pods ended; in a cluster the cloud provider takes the Node away.
  stage.line(`node ${victim} is taken out of the cluster`);
  await app.client.delete(Node, victim);
  await stage.until('nothing is left of its pods', limits.replaced, () => stage.pods().every((pod) => !uids.has(pod.metadata.uid)));
  return lost.length;
}

function busiestNode(pods: readonly Pod[]): string {
  const counts = new Map<string, number>();
  for (const { spec } of pods) if (spec.nodeName !== undefined) counts.set(spec.nodeName, (counts.get(spec.nodeName) ?? 0) + 1);
  const [first] = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  if (!first) throw new Error('no pod is on any node');
  return first[0];
}

async function deleteApplications(ports: StoryPorts): Promise<void> {
  const { app, stage, example } = ports;
  const apps = applications(ports);
  stage.step(`delete ${apps.map((a) => a.metadata.name).join(', ')}`);
  for (const application of apps) await app.client.delete(example.application, application);
  await stage.until('everything that they owned is collected', limits.gone, async () => applications(ports).length === 0 && stage.pods().length === 0 && (await stage.strays()).length === 0);
}

async function leftBehind({ stage }: StoryPorts): Promise<number> {
  const strays = await stage.strays();
  for (const stray of strays.slice(0, 10)) stage.line(`left behind: ${stray}`);
  return strays.length;
}

async function summary({ app, stage }: StoryPorts, readySeconds: number, rescheduled: number, left: number): Promise<StoryResult> {
  return { pods: stage.pods().length, nodes: (await listNodes(app.client)).length, rescheduled, leftBehind: left, readySeconds };
}

function listNodes(client: Client): Promise<readonly Node[]> {
  return client.list(Node);
}

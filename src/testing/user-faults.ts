import { isReason, keyOf, sleep, type AnyKind, type Client, type KubeObject } from '../core/index.js';
import type { Clock } from '../core/runtime/clock.js';
import { draw } from '../core/runtime/random.js';
import { faultTable, type FaultPlan } from './faults.js';
import type { Trace } from './trace.js';

export interface UserFaultPorts {
  readonly client: Client;
  readonly clock: Clock;
  readonly faults: FaultPlan;
  readonly trace: Trace;
  readonly seed: number;
  readonly chaosMs: number;
  /** `apiVersion/kind` of what users made. */
  readonly primaries: ReadonlySet<string>;
  objects(): Iterable<KubeObject>;
  kinds(): readonly AnyKind[];
}

/** What people do by hand at a bad time (F43, F45). Resolves when they are done. */
export async function userFaults(ports: UserFaultPorts): Promise<void> {
  const times = (kind: 'user.deleteChild' | 'user.recreate') => Array.from({ length: faultTable[kind]?.most ?? 0 }, (_, i) => ports.chaosMs * draw(ports.seed, `when/${kind}`, i));
  await Promise.all([
    ...times('user.deleteChild').map((at) => deleteChild(ports, at)),
    ...times('user.recreate').map((at) => recreate(ports, at)),
  ]);
}

async function deleteChild(ports: UserFaultPorts, at: number): Promise<void> {
  await sleep(ports.clock, at);
  const child = pick(ports, 'child', (object) => (object.metadata.ownerReferences ?? []).some(({ controller }) => controller === true));
  if (!child || !ports.faults.hit('user.deleteChild', `user/${child.kind.plural}`)) return;
  ports.trace.add(ports.clock.now(), `! user.deleteChild ${child.kind.plural} ${keyOf(child.object)}`);
  await ports.client.delete(child.kind, child.object);
  ports.faults.noteObserved('user.deleteChild');
}

async function recreate(ports: UserFaultPorts, at: number): Promise<void> {
  const { client, clock } = ports;
  await sleep(clock, at);
  const primary = pick(ports, 'primary', (object) => ports.primaries.has(`${object.apiVersion}/${object.kind}`));
  if (!primary || !ports.faults.hit('user.recreate', `user/${primary.kind.plural}`)) return;
  const { kind, object } = primary;
  ports.trace.add(clock.now(), `! user.recreate ${kind.plural} ${keyOf(object)}`);
  await client.delete(kind, object);
  ports.faults.noteObserved('user.recreate');
  while ((await client.get(kind, object))?.metadata.uid === object.metadata.uid) await sleep(clock, 100);
  const { name, namespace, labels, annotations } = object.metadata;
  const { status: _, metadata: __, ...rest } = object;
  try {
    await client.create(kind, { ...rest, metadata: { name, namespace, labels, annotations } });
  } catch (error) {
    // Somebody was faster: the object is there, and that is what counts.
    if (!isReason(error, 'AlreadyExists')) throw error;
  }
}

function pick(ports: UserFaultPorts, stream: string, fits: (object: KubeObject) => boolean): { readonly kind: AnyKind; readonly object: KubeObject } | undefined {
  const found = [...ports.objects()].filter((object) => object.metadata.deletionTimestamp === undefined && fits(object)).sort((a, b) => (id(a) < id(b) ? -1 : 1));
  const object = found[Math.floor(found.length * draw(ports.seed, `pick/${stream}`, Math.floor(ports.clock.now())))];
  const kind = object && ports.kinds().find((k) => k.kind === object.kind && k.apiVersion === object.apiVersion);
  return object && kind && { object, kind };
}

function id(object: KubeObject): string {
  return `${object.kind}/${keyOf(object)}`;
}

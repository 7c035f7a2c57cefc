import { replicaSetController } from '../../controllers/index.js';
import { Pod, ReplicaSet } from '../../kinds/index.js';
import type { SimulateOptions } from '../simulate-options.js';
import type { World } from '../world.js';

/** The built-in ReplicaSet controller: users scale, delete and make sets again, pods vanish, the process dies. */
export function replicaSetSuite(): SimulateOptions {
  return {
    name: 'replicaset',
    processes: { replicaset: { start: () => [replicaSetController()] } },
    given: async ({ client }) => {
      await client.create(ReplicaSet, set('web', 3));
      await client.create(ReplicaSet, set('db', 2));
    },
    workload: async ({ client, sleep, random }) => {
      const scale = async (name: string, replicas: number) => { await client.patch(ReplicaSet, name, { spec: { replicas } }).catch(() => undefined); };
      await sleep(2_000 * random());
      await scale('web', Math.floor(6 * random()));
      await client.create(ReplicaSet, set('late', 1));
      await sleep(3_000 * random());
      await scale('db', 4);
      await scale('web', 1 + Math.floor(4 * random()));
    },
    converged: (world) => world.list(ReplicaSet).every((one) => podsOf(world, one).length === one.spec.replicas && one.status?.replicas === one.spec.replicas),
    invariants: {
      'one controller of a pod': (world) => world.list(Pod).every(({ metadata }) => (metadata.ownerReferences ?? []).filter(({ controller }) => controller === true).length <= 1),
    },
  };
}

function set(name: string, replicas: number) {
  const labels = { app: name };
  return { metadata: { name }, spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'web:1' }] } } } };
}

function podsOf(world: World, { metadata: { uid } }: ReplicaSet): readonly Pod[] {
  return world.list(Pod).filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status?.phase !== 'Failed' && status?.phase !== 'Succeeded'
    && (metadata.ownerReferences ?? []).some((owner) => owner.controller === true && owner.uid === uid));
}

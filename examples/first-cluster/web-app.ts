import { controller, defineResource, t, type ObjectOf } from 'setpoint';
import { ConfigMap, ReplicaSet } from 'setpoint/kinds';

/** A web application, as its owner sees it: an image, how many, and how important. */
export const WebApp = defineResource({
  group: 'shop.example.com', version: 'v1', kind: 'WebApp', shortNames: ['wa'], conditions: ['Ready'],
  spec: t.Object({
    image: t.String({ minLength: 1 }),
    replicas: t.Integer({ minimum: 0, maximum: 500, default: 1 }),
    tier: t.Enum(['critical', 'standard'], { default: 'standard' }),
    cpu: t.Quantity({ default: '250m' }),
    memory: t.Quantity({ default: '256Mi' }),
  }),
  status: t.Object({ replicas: t.Integer(), readyReplicas: t.Integer() }),
});
export type WebApp = ObjectOf<typeof WebApp>;

/** Turns each WebApp into a ConfigMap and a ReplicaSet that it owns, and says how far they are. */
export const webApps = controller(WebApp)
  .owns(ReplicaSet)
  .owns(ConfigMap)
  .reconcile(async ({ spec, meta, apply, events }) => {
    const labels = { app: meta.name };
    await apply(ConfigMap, { metadata: { name: `${meta.name}-settings`, labels }, data: { tier: spec.tier, image: spec.image } });
    const set = await apply(ReplicaSet, {
      metadata: { name: meta.name, labels },
      spec: {
        replicas: spec.replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            priorityClassName: spec.tier,
            containers: [{ name: 'web', image: spec.image, resources: { requests: { cpu: spec.cpu, memory: spec.memory } } }],
            ...placement[spec.tier],
          },
        },
      },
    });
    const readyReplicas = set.status?.readyReplicas ?? 0;
    const ready = readyReplicas === spec.replicas;
    if (ready) events.normal('Ready', `${readyReplicas} of ${spec.replicas} replicas serve`);
    return {
      status: { replicas: set.status?.replicas ?? 0, readyReplicas },
      conditions: { Ready: { status: ready, reason: ready ? 'AllReady' : 'Progressing', message: `${readyReplicas} of ${spec.replicas} ready` } },
    };
  });

/** Critical applications may use the reserved nodes and like fast disks. */
const placement = {
  critical: {
    tolerations: [{ key: 'reserved', operator: 'Exists', effect: 'NoSchedule' }],
    affinity: {
      nodeAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 50, preference: { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] } }],
      },
    },
  },
  standard: { nodeSelector: { 'kubernetes.io/os': 'linux' } },
} as const;

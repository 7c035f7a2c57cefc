import { controller } from 'setpoint';
import { Deployment } from 'setpoint/kinds';
import { Site } from '../status-and-conditions/site.js';

export const frontends = controller(Site, { name: 'frontends', concurrency: 16 })
  .owns(Deployment, { when: (delta) => delta.type !== 'updated' || delta.old.status?.readyReplicas !== delta.new.status?.readyReplicas })
  .reconcile(async ({ spec, meta, apply, owned, delete: remove, childName }) => {
    const labels = { app: meta.name };
    const web = await apply(Deployment, {
      metadata: { name: childName('web'), labels },
      spec: {
        replicas: spec.replicas, selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: spec.image }] } },
      },
    });
    for (const old of await owned(Deployment)) if (old.metadata.uid !== web.metadata.uid) await remove(Deployment, old);
    return { status: { readyReplicas: web.status?.readyReplicas ?? 0 } };
  });

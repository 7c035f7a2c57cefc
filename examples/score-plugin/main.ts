import { provide, run } from 'setpoint';
import { Node, Pod } from 'setpoint/kinds';
import { scheduler } from 'setpoint/scheduler';
import { cheapest, Prices } from './cheapest.js';

const prices: { readonly [node: string]: number } = { gold: 3.6, silver: 1.2 };
const sched = scheduler({ plugins: [cheapest.with({ capPerHour: 4 }, { weight: 5 })] });
await using app = await run(sched, { services: [provide(Prices, { perHour: async (node) => prices[node] ?? 4 })] });
const { client } = app;

for (const name of Object.keys(prices)) {
  await client.create(Node, { metadata: { name }, spec: {} });
  // A node agent would say so: the machine is there, and what it has.
  await client.subresource(Node, 'status').patch(name, { status: { capacity: { cpu: '4', memory: '8Gi', pods: '110' }, conditions: [{ type: 'Ready', status: 'True' }] } });
  await client.patch(Node, name, { spec: { taints: null } });
}
await client.create(Pod, { metadata: { name: 'web' }, spec: { containers: [{ name: 'web', image: 'web:1', resources: { requests: { cpu: '500m' } } }] } });
await app.settled();

const pod = await client.get(Pod, 'web');
console.log('web runs on', pod?.spec.nodeName);
if (pod) console.log(String(await app.of(sched).explain(pod)));

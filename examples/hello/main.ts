import { controller, defineResource, run, t } from 'setpoint';
import { ConfigMap } from 'setpoint/kinds';

const Greeting = defineResource({
  group: 'demo.example.com', version: 'v1', kind: 'Greeting',
  spec: t.Object({ who: t.String({ minLength: 1 }) }),
});
const greeter = controller(Greeting).owns(ConfigMap).reconcile(async ({ spec, meta, apply }) => {
  await apply(ConfigMap, { metadata: { name: meta.name }, data: { message: `Hello, ${spec.who}.` } });
});
await using app = await run(greeter);
await app.client.create(Greeting, { metadata: { name: 'first' }, spec: { who: 'world' } });

await app.settled();
console.log((await app.client.get(ConfigMap, 'first'))?.data?.['message']);

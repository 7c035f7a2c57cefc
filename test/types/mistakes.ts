// Mistakes that must not compile, by the numbers of the tour. Each stands below its mark; the test beside this file
// reads the messages that users see. They are written as users write them, so lint has its say elsewhere.
/* eslint @typescript-eslint/no-unused-expressions: off, @typescript-eslint/no-unsafe-call: off, @typescript-eslint/no-floating-promises: off, @typescript-eslint/no-confusing-void-expression: off */
import { controller, defineResource, provide, run, t, token } from 'setpoint';
import { ConfigMap, Deployment, Pod } from 'setpoint/kinds';
import { Dns, Prices, Site } from './listings.js';

const c = controller(Site);

// @ts-expect-error 01 typo in spec
c.reconcile(async ({ spec }) => { spec.imagee; });
// @ts-expect-error 02 write to object
c.reconcile(async ({ spec }) => { spec.replicas = 3; });
// @ts-expect-error 03 push to frozen list
c.reconcile(async ({ meta }) => { meta.finalizers?.push('x'); });
// @ts-expect-error 04 wrong status type
c.reconcile(async () => ({ status: { readyReplicas: '3' } }));
// @ts-expect-error 05 missing status field
c.reconcile(async () => ({ status: { url: 'x' } }));
// @ts-expect-error 06 typo in status
c.reconcile(async () => ({ status: { readyReplicas: 1, ulr: 'x' } }));
// @ts-expect-error 07 typo in outcome
c.reconcile(async () => ({ requeueAfer: 10 }));
// @ts-expect-error 08 typo in outcome beside right one
c.reconcile(async () => ({ status: { readyReplicas: 1 }, requeueAfer: 10 }));
// @ts-expect-error 09 wrong outcome kind
c.reconcile(async () => 'done');
// @ts-expect-error 10 not async
c.reconcile(() => ({ requeueAfter: 1 }));
// @ts-expect-error 11 unknown condition
c.reconcile(async () => ({ conditions: { Raedy: { status: true, reason: 'Ok' } } }));
// @ts-expect-error 12 condition without reason
c.reconcile(async () => ({ conditions: { Ready: { status: true } } }));
// @ts-expect-error 13 apply: typo
c.reconcile(async ({ apply }) => { await apply(ConfigMap, { metadata: { name: 'a' }, dta: { a: 'b' } }); });
// @ts-expect-error 14 apply: no name
c.reconcile(async ({ apply }) => { await apply(ConfigMap, { metadata: {}, data: {} }); });
// @ts-expect-error 15 apply: deep typo
c.reconcile(async ({ apply }) => { await apply(Deployment, { metadata: { name: 'a' }, spec: { template: { spec: { containers: [{ name: 'a', imagee: 'x' }] } } } }); });
// @ts-expect-error 16 create: required spec field
c.reconcile(async ({ create }) => { await create(Site, { metadata: { name: 'a' }, spec: { replicas: 3 } }); });
// @ts-expect-error 17 create: wrong enum
c.reconcile(async ({ create }) => { await create(Pod, { metadata: { name: 'a' }, spec: { restartPolicy: 'Allways', containers: [] } }); });
// @ts-expect-error 18 undefined get
c.reconcile(async ({ get }) => { const m = await get(ConfigMap, 'a'); m.data; });
// @ts-expect-error 19 wrong schema option
t.String({ minLenght: 1 });
// @ts-expect-error 20 default of wrong type
t.Integer({ default: '3' });
// @ts-expect-error 21 default not in enum
t.Enum(['a', 'b'], { default: 'c' });
// @ts-expect-error 22 list map key
t.ListMap('id', t.Object({ name: t.String() }));
// @ts-expect-error 23 definition typo
defineResource({ group: 'a.b', version: 'v1', kind: 'A', spec: t.Object({}), shortnames: ['a'] });
// @ts-expect-error 24 definition without spec
defineResource({ group: 'a.b', version: 'v1', kind: 'A' });
// @ts-expect-error 25 trigger with numbers
c.trigger([1, 2]);
// @ts-expect-error 26 watches map with wrong result
c.watches(ConfigMap, (m) => m.metadata.name.length);
// @ts-expect-error 27 unknown index
c.watches(ConfigMap, (m, { byIndex }) => byIndex('nope', m.metadata.name));
// @ts-expect-error 28 inject non token
c.inject('Prices');
// @ts-expect-error 29 wrong number of deps
c.inject(Prices).reconcile(async (_ctx, prices, dns) => { dns; });
// @ts-expect-error 30 service misuse
c.inject(Dns).reconcile(async ({ signal }, dns) => { await dns.remove(3, signal); });
// @ts-expect-error 31 provide wrong
provide(Prices, { perHour: async () => 'cheap' });
// @ts-expect-error 32 run: builder without reconcile
run(c);
// @ts-expect-error 43 exclusive
token<Dns>('Dns', { exclusive: ['upsrt'] });
// @ts-expect-error 44 patch typo
c.reconcile(async ({ patch, key }) => { await patch(Site, key, { spec: { replica: 3 } }); });
// @ts-expect-error 46 finalizer result
c.finalize(async () => ({ requeueAfter: 10 }));
// @ts-expect-error 47 conversion
Site.serves('v1beta1', { spec: t.Object({ img: t.String() }), convertTo: ({ spec }) => ({ spec: { img: spec.img } }), convertFrom: ({ spec }) => ({ spec: { img: spec.image } }) });
// @ts-expect-error 49 update typo
c.reconcile(async ({ update, object }) => { await update(Site, { ...object, spec: { ...object.spec, replicas: '3' } }); });

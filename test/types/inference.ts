// What is inferred without a type argument or a cast. Compiled, never run.
/* eslint @typescript-eslint/no-unused-vars: off */
import { controller, defineResource, run, t, type ObjectOf, type OutcomeOf, type ReconcileOf, type Static } from 'setpoint';
import { Pod } from 'setpoint/kinds';
import { Container } from 'inversify';
import { z } from 'zod';
import { Backup, Database, Dns, Prices, Site } from './listings.js';

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true : false;
const is = <T extends true>(): T | undefined => undefined;

// Objects as they are read.
is<Equal<ObjectOf<typeof Site>['spec'], { readonly image: string; readonly replicas: number }>>();
is<Equal<NonNullable<ObjectOf<typeof Site>['status']>['url'], string | undefined>>();
is<Equal<NonNullable<NonNullable<ObjectOf<typeof Site>['status']>['conditions']>[number]['type'], 'Ready' | 'Degraded'>>();
type Db = ObjectOf<typeof Database>['spec'];
is<Equal<Db['engine'], 'postgres' | 'mysql'>>();
is<Equal<Db['users'], readonly { readonly name: string; readonly admin: boolean }[]>>();
is<Equal<Db['maxUnavailable'], string | number>>();
is<Equal<Db['labels'], { readonly [k: string]: string } | undefined>>();
is<Equal<Db['note'], string | null | undefined>>();
is<Equal<keyof typeof Backup.versions, 'v1beta1'>>();

const schema = t.Object({ a: t.Optional(t.Integer()), b: t.Integer({ default: 1 }) });
is<Equal<Static<typeof schema>, { readonly a?: number; readonly b: number }>>();

// Foreign schemas.
const Zodded = defineResource({ group: 'demo.example.com', version: 'v1', kind: 'Zodded', spec: z.object({ who: z.string().min(1), times: z.int().default(1), tags: z.array(z.string()).optional() }) });
is<Equal<ObjectOf<typeof Zodded>['spec']['times'], number>>();
is<Equal<ObjectOf<typeof Zodded>['spec']['tags'], readonly string[] | undefined>>();
const Plain = defineResource({ group: 'demo.example.com', version: 'v1', kind: 'Plain', spec: { type: 'object', required: ['who'], properties: { who: { type: 'string' }, size: { enum: ['s', 'l'] } } } });
is<Equal<ObjectOf<typeof Plain>['spec'], { readonly who: string; readonly size?: 's' | 'l' }>>();

// Controllers: context, services, outcome.
controller(Site).inject(Prices, Dns).reconcile(async (ctx, prices, dns) => {
  is<Equal<typeof prices, Prices>>();
  is<Equal<typeof dns, Dns>>();
  is<Equal<typeof ctx.meta.namespace, string>>();
  is<Equal<Awaited<ReturnType<typeof ctx.owned<Pod>>>, readonly Pod[]>>();
  const site = await ctx.get(Site, 'x');
  is<Equal<NonNullable<typeof site>['spec']['replicas'], number>>();
  const db = await ctx.apply(Database, { metadata: { name: 'x' }, spec: { replicas: 2, users: [{ name: 'a' }] } });
  is<Equal<typeof db.spec.replicas, number>>();
});
controller(Zodded).owns(Plain).reconcile(async ({ spec, meta, apply }) => {
  await apply(Plain, { metadata: { name: meta.name }, spec: { who: spec.who.repeat(spec.times), size: spec.tags?.includes('large') ? 'l' : 's' } });
});

const Phased = defineResource({ group: 'a.b', version: 'v1', kind: 'Phased', scope: 'Cluster', spec: t.Object({}), status: t.Object({ phase: t.Enum(['On', 'Off']), parts: t.Array(t.Object({ n: t.Integer() })) }) });
controller(Phased).reconcile(async ({ meta, status }) => {
  is<Equal<typeof meta.namespace, undefined>>();
  if (status?.phase === 'On') return { requeueAfter: 1 };
  if (meta.generation > 3) return;
  return { status: { phase: 'Off', parts: [{ n: 1 }] } };
});

export async function reconcile({ spec }: ReconcileOf<typeof Site>, prices: Prices, dns: Dns): Promise<OutcomeOf<typeof Site>> {
  void [prices, dns];
  return { status: { readyReplicas: spec.replicas }, conditions: { Ready: { status: true, reason: 'Ok' } } };
}
controller(Site).inject(Prices, Dns).reconcile(reconcile);
controller(Site).trigger(async function* () { yield 'default/first'; });

// Tokens are identifiers of inversify, from which it infers.
const container = new Container();
container.bind(Prices).toConstantValue({ perHour: async () => 1 });
const got = container.get(Prices);
is<Equal<typeof got, Prices>>();

void run({ kinds: [Backup, Phased, Pod] });

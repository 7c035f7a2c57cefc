// The definitions of the tour that the type tests lean on. Compiled, never run.
import { defineResource, t, token } from 'setpoint';

export const Site = defineResource({
  group: 'web.example.com', version: 'v1', kind: 'Site', conditions: ['Ready', 'Degraded'],
  spec: t.Object({ image: t.String(), replicas: t.Integer({ minimum: 0, default: 2 }) }),
  status: t.Object({ readyReplicas: t.Integer(), url: t.Optional(t.String()) }),
});

export interface Dns {
  upsert(host: string, address: string, signal: AbortSignal): Promise<void>;
  remove(host: string, signal: AbortSignal): Promise<void>;
}
export const Dns = token<Dns>('Dns', { exclusive: ['upsert', 'remove'] });

export interface Prices { perHour(node: string, signal: AbortSignal): Promise<number> }
export const Prices = token<Prices>('Prices');

export const Backup = defineResource({
  group: 'ops.example.com', version: 'v1', kind: 'Backup',
  spec: t.Object({ schedule: t.String(), keep: t.Integer({ default: 7 }) }),
}).serves('v1beta1', {
  deprecated: 'use ops.example.com/v1',
  spec: t.Object({ cron: t.String(), keepDays: t.Optional(t.Integer()) }),
  convertTo: ({ spec }) => ({ spec: { schedule: spec.cron, keep: spec.keepDays } }),
  convertFrom: ({ spec }) => ({ spec: { cron: spec.schedule, keepDays: spec.keep } }),
});

export const Database = defineResource({
  group: 'db.example.com', version: 'v1', kind: 'Database', plural: 'databases', shortNames: ['db'], conditions: ['Ready'],
  spec: t.Object({
    engine: t.Enum(['postgres', 'mysql'], { default: 'postgres' }),
    replicas: t.Integer({ minimum: 1, maximum: 9, default: 1 }),
    storage: t.Quantity({ default: '10Gi' }),
    maxUnavailable: t.IntOrString({ default: '25%' }),
    labels: t.Optional(t.Map(t.String({ maxLength: 63 }))),
    users: t.ListMap('name', t.Object({ name: t.String(), admin: t.Boolean({ default: false }) })),
    note: t.Optional(t.Nullable(t.String())),
  }, { rules: [{ rule: "self.engine != 'mysql' || self.replicas <= 3", message: 'mysql takes at most 3 replicas' }] }),
  status: t.Object({ replicas: t.Integer(), selector: t.String() }),
  scale: { spec: '.spec.replicas', status: '.status.replicas', selector: '.status.selector' },
  columns: [
    { name: 'Engine', path: '.spec.engine' }, { name: 'Replicas', type: 'integer', path: '.status.replicas' },
    { name: 'Ready', path: ".status.conditions[?(@.type=='Ready')].status", wide: true },
  ],
});

import type { StoreBatch, StoreHandle } from '../../src/core/store/store.js';
import { isLinearizable } from '../histories/linearizable.js';
import { registerOperation } from '../histories/register.js';
import { fenceKey, type Record } from './etcd-kill-load.js';

export type Told = StoreBatch<string>;

/** The whole log of the cluster, as its server tells it from the beginning. */
export async function history(store: StoreHandle<string>): Promise<readonly Told[]> {
  const { revision } = await store.txn({ compare: [], then: [{ type: 'put', key: '/end', value: 'end' }] });
  const told: Told[] = [];
  for await (const delivery of store.watch({ prefix: '', after: 1n })) {
    if (delivery.type === 'batches') told.push(...delivery.batches);
    if (lastRevisionOf(told) >= revision) break;
  }
  return told;
}

export function lastRevisionOf(told: readonly Told[]): bigint {
  return told.at(-1)?.revision ?? 0n;
}

export interface Judgement {
  readonly lost: number;
  readonly duplicated: number;
  readonly violations: readonly string[];
  readonly figures: { readonly [figure: string]: number };
}

/** What was said to clients and watchers, beside the log. */
export function judge(record: Record, told: readonly Told[], watched: readonly (readonly Told[])[]): Judgement {
  const violations = [...record.violations];
  const { lost, duplicated } = writesIn(record, told, violations);
  fenced(told, violations);
  watched.forEach((batches, i) => { sameStory(batches, told, `watcher ${String(i)}`, violations); });
  const keys = [...new Set(record.operations.map(({ key }) => key))];
  for (const key of keys) {
    const operations = record.operations.filter((one) => one.key === key).map(({ calledAt, returnedAt, what }) => registerOperation(calledAt, returnedAt, what));
    if (!isLinearizable(operations, { value: undefined })) violations.push(`the history of ${key} is not linearizable`);
  }
  return { lost, duplicated, violations, figures: { operations: record.operations.length, linearizableRegisters: keys.length, watchedRevisions: Math.min(...watched.map(({ length }) => length)) } };
}

/** Each value was to be written once. */
function writesIn({ writes }: Record, told: readonly Told[], violations: string[]): { readonly lost: number; readonly duplicated: number } {
  const times = new Map<string, number>();
  for (const { value } of changesIn(told)) times.set(value, (times.get(value) ?? 0) + 1);
  let [lost, duplicated] = [0, 0];
  for (const { value, outcome } of writes) {
    const found = times.get(value) ?? 0;
    if (outcome === 'applied' && found === 0) lost++;
    if (found > 1) duplicated++;
    if (outcome === 'not-applied' && found > 0) violations.push(`the write of ${value} was said not to be applied, and is in the log`);
  }
  return { lost, duplicated };
}

/** A guarded write says which term it belongs to; the log says which one it was. */
function fenced(told: readonly Told[], violations: string[]): void {
  let epoch = 0n;
  for (const { revision, key, value } of changesIn(told)) {
    if (key === fenceKey) epoch = revision;
    else if (key.startsWith('/guarded/') && BigInt(value.split(' ')[0] ?? '0') !== epoch) violations.push(`${key} was written at ${String(revision)} for term ${value}, in term ${String(epoch)}`);
  }
}

/** What changed a value. That one is written again over itself is how a lost write is barred. */
function changesIn(told: readonly Told[]): readonly { readonly revision: bigint; readonly key: string; readonly value: string }[] {
  const current = new Map<string, string>();
  return told.flatMap(({ revision, events }) => events.flatMap(({ key, value = '' }) => {
    if (current.get(key) === value) return [];
    current.set(key, value);
    return [{ revision, key, value }];
  }));
}

/** No gap, nothing twice, nothing else than in the log. */
function sameStory(batches: readonly Told[], told: readonly Told[], who: string, violations: string[]): void {
  const shown = ({ revision, events }: Told) => `${String(revision)} ${events.map(({ type, key, value }) => `${type} ${key} ${value ?? ''}`).join(', ')}`;
  const first = batches[0]?.revision ?? 0n;
  const last = lastRevisionOf(batches);
  const expected = told.filter(({ revision }) => revision >= first && revision <= last).map(shown);
  const actual = batches.map(shown);
  const at = expected.findIndex((line, i) => line !== actual[i]);
  if (at >= 0 || expected.length !== actual.length) violations.push(`${who} was told ${actual[at] ?? 'nothing'} where the log has ${expected[at] ?? 'nothing'}`);
}

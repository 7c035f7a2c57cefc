import { withStore, type MakeStore, type Rule, type StoreRule } from './context.js';
import { leaseRules } from './lease.js';
import { lifecycleRules } from './lifecycle.js';
import { decodeRules, logRules } from './log.js';
import { modelRules } from './model.js';
import { rangeRules } from './range.js';
import { txnRules } from './txn.js';
import { watchRules } from './watch.js';

export interface StoreConformanceOptions {
  /** What the store keeps of a value: its bytes (default), which may come back damaged, or the object itself. */
  readonly keeps?: 'bytes' | 'objects';
}

/**
 * The rules of `docs/rules/store.md` that every store has to keep, for any test runner. `makeStore` is called for each rule.
 *
 * @example
 * for (const { id, title, run } of storeConformance(() => ({ store: myStore() }))) test(`${id} ${title}`, run);
 */
export function storeConformance(makeStore: MakeStore, { keeps = 'bytes' }: StoreConformanceOptions = {}): readonly StoreRule[] {
  const all: readonly Rule[] = [...logRules, ...(keeps === 'bytes' ? decodeRules : []), ...rangeRules, ...txnRules, ...watchRules, ...leaseRules, ...lifecycleRules, ...modelRules];
  return all.map(({ id, title, check }) => ({ id, title, run: () => withStore(makeStore, check) }));
}

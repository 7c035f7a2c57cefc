import type { Rule } from './rules.mjs';
export interface Coverage {
  readonly contract: string;
  readonly total: number;
  readonly met: number;
  readonly missing: readonly string[];
  readonly failing: readonly string[];
  readonly priorities: { readonly [priority: string]: { readonly total: number; readonly met: number } };
}
export function idsIn(name: string): ReadonlySet<string>;
export function coverageOf(rules: readonly Pick<Rule, 'id' | 'contract' | 'priority'>[], tests: readonly { readonly fullName: string; readonly status: string }[]): readonly Coverage[];

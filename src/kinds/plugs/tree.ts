/** An object on its way into the store: mutable, and checked by the schema where it matters. */
export type Tree = { [field: string]: unknown };

/** `value` as an object; undefined for anything else. */
export function treeOf(value: unknown): Tree | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Tree : undefined;
}

/** The objects in a list; nothing for anything else. */
export function treesOf(value: unknown): readonly Tree[] {
  return Array.isArray(value) ? value.map(treeOf).filter((item) => item !== undefined) : [];
}

/** The list with more at its end; what is no list, or no tree in it, stays for validation to refuse. */
export function withMore(list: unknown, more: readonly Tree[]): unknown {
  if (list === undefined || list === null) return more;
  return Array.isArray(list) ? [...(list as readonly unknown[]), ...more] : list;
}

/** Sets what was left out. */
export function fill(target: Tree, field: string, value: unknown): void {
  if (target[field] === undefined) target[field] = value;
}

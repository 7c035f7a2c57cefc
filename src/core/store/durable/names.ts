/** Log n holds what came after snapshot n: the names sort as the numbers do. */
const digits = 12;

export function logName(number: number): string {
  return `log-${String(number).padStart(digits, '0')}`;
}

export function snapshotName(number: number): string {
  return `snapshot-${String(number).padStart(digits, '0')}`;
}

export interface FolderContent {
  /** Ascending. */
  readonly logs: readonly number[];
  /** Ascending. */
  readonly snapshots: readonly number[];
  /** Snapshots that were being written. */
  readonly drafts: readonly string[];
}

export function contentOf(names: readonly string[]): FolderContent {
  const numbers = (pattern: RegExp) => names.flatMap((name) => {
    const [, number] = pattern.exec(name) ?? [];
    return number === undefined ? [] : [Number(number)];
  }).sort((a, b) => a - b);
  return { logs: numbers(/^log-(\d{12})$/), snapshots: numbers(/^snapshot-(\d{12})$/), drafts: names.filter((name) => /^snapshot-\d{12}\.tmp$/.test(name)) };
}

export function draftOf(name: string): string {
  return `${name}.tmp`;
}

import { UnsafeServer } from '../errors.js';

/** What a server of some version may be used for. Rules: S81–S83. */
export interface Assessment {
  /** Progress may be asked for (S81). */
  readonly progress: boolean;
  /** A watch opened at the compacted revision does not tell of a deletion made there (S82). */
  readonly losesDeletes: boolean;
  /** What its user should know, once (S82). */
  readonly warnings: readonly string[];
}

type Version = readonly [major: number, minor: number, patch: number];

/** First versions of the 3.4 and 3.5 lines with a fix; later lines have all of them. */
interface Fix {
  readonly v34: number | undefined;
  readonly v35: number;
  readonly warning: string;
}

const progressFix = { v34: 31, v35: 13 };
const lostDeletesFix: Fix = { v34: 36, v35: 18, warning: 'a watch opened at the compacted revision loses a deletion made there' };
const fixes: readonly Fix[] = [
  { v34: 31, v35: 13, warning: 'a watch can lose events after a compaction, and a deposed leader can revoke leases' },
  lostDeletesFix,
  { v34: undefined, v35: 6, warning: 'revisions can differ between members after a crash during defragmentation' },
];

/**
 * @throws UnsafeServer below 3.4, and for 3.5.0 to 3.5.2 unless `allowUnsafe`.
 *
 * Rules: S81, S82, S83.
 */
export function assess(text: string, allowUnsafe: boolean): Assessment {
  const version = parse(text);
  const [major, minor, patch] = version;
  if (before(version, [3, 4, 0])) throw new UnsafeServer(text, 'update it to 3.5.13 or later');
  if (major === 3 && minor === 5 && patch <= 2 && !allowUnsafe) {
    throw new UnsafeServer(text, 'update it: 3.5.0 to 3.5.2 can lose data after a crash; allowUnsafe: true uses it all the same');
  }
  const warnings = fixes.filter((fix) => isBelow(version, fix)).map(({ v34, v35, warning }) => {
    const fixed = minor === 4 && v34 !== undefined ? `3.4.${String(v34)}` : `3.5.${String(v35)}`;
    return `${warning} (fixed in ${fixed})`;
  });
  if (major === 3 && minor === 4) warnings.push('the 3.4 line is at its end of life; its last version is 3.4.45');
  return { progress: !isBelow(version, progressFix), losesDeletes: isBelow(version, lostDeletesFix), warnings };
}

/** A cluster can do what each of its members can. */
export function assessAll(versions: readonly string[], allowUnsafe: boolean): Assessment {
  const all = versions.map((version) => assess(version, allowUnsafe));
  return {
    progress: all.every(({ progress }) => progress),
    losesDeletes: all.some(({ losesDeletes }) => losesDeletes),
    warnings: [...new Set(all.flatMap(({ warnings }) => warnings))],
  };
}

/** `3.5.13`, `3.6.0-rc.1`. What is no number counts as 0. */
function parse(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split(/[.\-+]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  return [major, minor, patch];
}

function before(a: Version, b: Version): boolean {
  return a[0] !== b[0] ? a[0] < b[0] : a[1] !== b[1] ? a[1] < b[1] : a[2] < b[2];
}

function isBelow([major, minor, patch]: Version, { v34, v35 }: { readonly v34: number | undefined; readonly v35: number }): boolean {
  if (major !== 3) return false;
  if (minor === 4) return v34 !== undefined && patch < v34;
  return minor === 5 && patch < v35;
}

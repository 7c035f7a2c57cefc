/** Lines that are kept for the report of a failure. */
const kept = 4_000;

/** What happened in a run, as lines, and a hash over all of them. Rules: M10, M52 (in part). */
export class Trace {
  private a = 0x811c9dc5 | 0;
  private b = 0x1b873593 | 0;
  private readonly recent: string[] = [];
  lines = 0;

  /** `keep: false` hashes only. */
  constructor(private readonly keep: boolean) {}

  /** `content` counts for the hash, and is not kept. */
  add(at: number, line: string, content = ''): void {
    const text = `${at.toFixed(3)} ${line}`;
    this.lines++;
    this.mix(text);
    if (content !== '') this.mix(content);
    if (!this.keep) return;
    this.recent.push(text);
    if (this.recent.length > 2 * kept) this.recent.splice(0, kept);
  }

  private mix(text: string): void {
    let { a, b } = this;
    for (let i = 0; i < text.length; i++) {
      const c = text.charCodeAt(i);
      a = Math.imul(a ^ c, 0x01000193);
      b = Math.imul((b << 5) ^ (b >>> 27) ^ c, 0x85ebca6b);
    }
    this.a = a;
    this.b = b;
  }

  get hash(): string {
    return hex(this.a) + hex(this.b);
  }

  get tail(): readonly string[] {
    return this.recent;
  }
}

function hex(n: number): string {
  return (n >>> 0).toString(16).padStart(8, '0');
}

/** One hash for the hashes of many runs, in order. */
export function combineHashes(hashes: readonly string[]): string {
  const trace = new Trace(false);
  hashes.forEach((hash, i) => { trace.add(i, hash); });
  return trace.hash;
}

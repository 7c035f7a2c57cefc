import { Database, type BindValues, type QueryResult } from 'node-sqlite3-wasm';
import { Compacted, type Interval, type LeaseId, type Revision } from 'setpoint/store';

/** What one revision did to one key. */
export interface Change {
  readonly revision: Revision;
  readonly key: string;
  /** Absent for a delete. */
  readonly value: Uint8Array | undefined;
  readonly createRevision: Revision;
  readonly version: bigint;
  readonly lease: LeaseId;
}

const schema = `
  CREATE TABLE IF NOT EXISTS changes (revision INTEGER NOT NULL, seq INTEGER NOT NULL, key BLOB NOT NULL, value BLOB, created INTEGER NOT NULL, version INTEGER NOT NULL, lease INTEGER NOT NULL,
    PRIMARY KEY (revision, seq)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS by_key ON changes (key, revision);
  CREATE TABLE IF NOT EXISTS leases (id INTEGER PRIMARY KEY, ttl INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  INSERT OR IGNORE INTO marks VALUES ('revision', 1), ('compacted', 0), ('lease', 0);
`;
const columns = 'revision, key, value, created, version, lease';
/** Of each key its newest change up to a revision; keys as bytes, which SQLite orders as S6 wants it. */
const newest = `FROM changes c WHERE key >= ? AND (? IS NULL OR key < ?) AND value IS NOT NULL
  AND revision = (SELECT max(revision) FROM changes WHERE key = c.key AND revision <= ?)`;

/** The log and what it amounts to, in one SQLite file. */
export class Tables {
  readonly #db: Database;

  constructor(file: string) {
    this.#db = new Database(file);
    this.#db.exec(`PRAGMA synchronous = FULL; ${schema}`);
  }

  /** All of it, or nothing (S19). */
  atomically<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  get revision(): Revision {
    return this.#mark('revision');
  }

  get compacted(): Revision {
    return this.#mark('compacted');
  }

  /**
   * What was there at a revision, by key; `from` skips the keys before it.
   *
   * @throws Compacted
   */
  list(interval: Interval, at: Revision, { limit = 0, from }: { limit?: number | undefined; from?: string | undefined } = {}): readonly Change[] {
    if (at < this.compacted) throw new Compacted(this.compacted);
    return this.#all(`SELECT ${columns} ${newest} ORDER BY key LIMIT ?`, [...bounds(interval, from), at, limit > 0 ? limit : -1]).map(changeOf);
  }

  count(interval: Interval, at: Revision, from?: string): number {
    if (at < this.compacted) throw new Compacted(this.compacted);
    return Number(this.#all(`SELECT count(*) AS n ${newest}`, [...bounds(interval, from), at])[0]?.['n'] ?? 0);
  }

  current(key: string): Change | undefined {
    return this.list({ key }, this.revision)[0];
  }

  /** What a key was before a revision, where that is still known. */
  before(key: string, revision: Revision): Change | undefined {
    const [row] = this.#all(`SELECT ${columns} FROM changes WHERE key = ? AND revision < ? ORDER BY revision DESC LIMIT 1`, [bytes(key), revision]);
    return row && changeOf(row);
  }

  append(changes: readonly Change[]): void {
    changes.forEach((change, seq) => {
      this.#db.run('INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?)', [change.revision, seq, bytes(change.key), change.value ?? null, change.createRevision, change.version, change.lease]);
    });
    this.#setMark('revision', changes[0]?.revision ?? this.revision);
  }

  /** The changes of some revisions, in their order. */
  changes(prefix: string, after: Revision, upTo: Revision): readonly Change[] {
    return this.#all(`SELECT ${columns} FROM changes WHERE revision > ? AND revision <= ? AND key >= ? AND (? IS NULL OR key < ?) ORDER BY revision, seq`, [after, upTo, ...bounds({ prefix })]).map(changeOf);
  }

  /** Keeps what was changed at `revision`, what was there then, and what it replaced (S32, S52). */
  compact(revision: Revision): void {
    this.#db.run(`DELETE FROM changes AS c WHERE revision < ? AND (value IS NULL OR EXISTS (SELECT 1 FROM changes WHERE key = c.key AND revision > c.revision AND revision < ?))`, [revision, revision]);
    this.#setMark('compacted', revision);
  }

  leases(): readonly { readonly id: LeaseId; readonly ttlSeconds: number; readonly keys: readonly string[] }[] {
    return this.#all('SELECT id, ttl FROM leases', []).map(({ id, ttl }) => ({
      id: BigInt(id as number), ttlSeconds: Number(ttl),
      keys: this.#all(`SELECT key ${newest} AND lease = ?`, [...bounds({ prefix: '' }), this.revision, BigInt(id as number)]).map(({ key }) => text(key as Uint8Array)),
    }));
  }

  addLease(id: LeaseId, ttlSeconds: number): void {
    this.#db.run('INSERT INTO leases VALUES (?, ?)', [id, BigInt(ttlSeconds)]);
    this.#setMark('lease', id);
  }

  removeLease(id: LeaseId): void {
    this.#db.run('DELETE FROM leases WHERE id = ?', [id]);
  }

  /** The highest that was ever given. */
  get lastLease(): LeaseId {
    return this.#mark('lease');
  }

  close(): void {
    this.#db.close();
  }

  #mark(name: string): bigint {
    return BigInt(this.#all('SELECT value FROM marks WHERE name = ?', [name])[0]?.['value'] as number);
  }

  #setMark(name: string, value: bigint): void {
    this.#db.run('UPDATE marks SET value = ? WHERE name = ?', [value, name]);
  }

  #all(sql: string, values: BindValues): QueryResult[] {
    return this.#db.all(sql, values);
  }
}

function changeOf(row: QueryResult): Change {
  const { revision, key, value, created, version, lease } = row as { readonly [column: string]: number | bigint | Uint8Array | null };
  return {
    revision: BigInt(revision as number), key: text(key as Uint8Array), value: (value as Uint8Array | null) ?? undefined,
    createRevision: BigInt(created as number), version: BigInt(version as number), lease: BigInt(lease as number),
  };
}

/** First key, and twice the first one beyond, or NULL. */
function bounds(interval: Interval, from?: string): [Uint8Array, Uint8Array | null, Uint8Array | null] {
  const [start, end] = ends(interval);
  return [from === undefined ? start : bytes(from), end, end];
}

function ends(interval: Interval): [Uint8Array, Uint8Array | null] {
  if ('key' in interval) return [bytes(interval.key), bytes(`${interval.key}\0`)];
  if ('start' in interval) return [bytes(interval.start), bytes(interval.end)];
  const start = bytes(interval.prefix);
  const last = start.findLastIndex((byte) => byte < 0xff);
  if (last < 0) return [start, null];
  const end = start.slice(0, last + 1);
  end[last] = (end[last] ?? 0) + 1;
  return [start, end];
}

function bytes(key: string): Uint8Array {
  return new TextEncoder().encode(key);
}

function text(key: Uint8Array): string {
  return new TextDecoder().decode(key);
}

import type { Runtime } from '../../runtime/runtime.js';
import { State, type StateOptions } from '../memory/state.js';
import type { Codec, Revision } from '../store.js';
import { ByteReader } from './bytes.js';
import { WalCorrupt } from './errors.js';
import type { FileSystem } from './file-system.js';
import { contentAt } from './frame.js';
import { BadImage, readImage } from './image-file.js';
import { contentOf, logName, snapshotName, type FolderContent } from './names.js';
import { decodeValue, PastItem } from './past-item.js';
import { formatVersion, readRecord, type LogRecord, type RawOp } from './record.js';
import { scan, type Scan } from './scan.js';

/** What a folder holds, read without changing anything in it. */
export interface Recovered<V> {
  readonly state: State<V>;
  /** The log to go on with; without a size it has to be made, for there is nothing in it yet. */
  readonly last: { readonly number: number; readonly sizeBytes: number | undefined };
  /** The store begins here. */
  readonly isNew: boolean;
  /** Of the last log, to be cut off. */
  readonly tornBytes: number;
  /** Files that nothing needs any more. */
  readonly obsolete: readonly string[];
}

export interface RecoverPorts<V> {
  readonly files: FileSystem;
  readonly dir: string;
  readonly codec: Codec<V>;
  readonly runtime: Runtime;
  readonly options: StateOptions;
}

/**
 * The state that the files of the folder describe. Everything is verified before the caller may change a file.
 * @throws WalCorrupt. Rules: S66, S68.
 */
export async function recover<V>(ports: RecoverPorts<V>): Promise<Recovered<V>> {
  const content = contentOf(await ports.files.list(ports.dir));
  const unborn = await unbornLog(ports, content);
  const logs = content.logs.filter((number) => number !== unborn?.number);
  if (content.snapshots.length === 0 && logs.length === 0) {
    const state = emptyState(ports, ports.options.startRevision);
    return { state, last: { number: 1, sizeBytes: undefined }, isNew: true, tornBytes: unborn?.sizeBytes ?? 0, obsolete: content.drafts };
  }
  const snapshot = await newestGood(ports, content.snapshots);
  const number = snapshot?.number ?? firstLog(content);
  const obsolete = obsoleteBefore(content, number);
  if (snapshot && snapshot.number === unborn?.number) {
    return { state: snapshot.state, last: { number, sizeBytes: undefined }, isNew: false, tornBytes: unborn.sizeBytes, obsolete };
  }
  const numbers = logs.filter((one) => one >= number);
  checkNumbers(content, number, numbers);
  return { ...await replayAll(ports, snapshot?.state, numbers), isNew: false, obsolete: [...obsolete, ...(unborn ? [logName(unborn.number)] : [])] };
}

async function replayAll<V>(ports: RecoverPorts<V>, from: State<V> | undefined, numbers: readonly number[]): Promise<Pick<Recovered<V>, 'state' | 'last' | 'tornBytes'>> {
  let state = from;
  let last: Recovered<V>['last'] = { number: 1, sizeBytes: undefined };
  let tornBytes = 0;
  for (const number of numbers) {
    const name = logName(number);
    const found = await readLog(ports, name, number === numbers[numbers.length - 1]);
    const header = headerOf(found, name, number);
    if (!state && !header.origin) throw new WalCorrupt(name, 'no good snapshot leads to it');
    state ??= emptyState(ports, header.base);
    if (header.base !== state.revision) throw new WalCorrupt(name, 'revisions are missing before it');
    await replay(ports, state, found.records.slice(1), name);
    tornBytes = found.tornBytes;
    last = { number, sizeBytes: found.goodBytes };
  }
  return { state: state ?? emptyState(ports, ports.options.startRevision), last, tornBytes };
}

/** The newest log when the machine stopped while it was made: it has no beginning yet, and nothing was written to it. */
async function unbornLog<V>(ports: RecoverPorts<V>, { logs }: FolderContent): Promise<{ readonly number: number; readonly sizeBytes: number } | undefined> {
  const newest = logs[logs.length - 1];
  if (newest === undefined) return undefined;
  const { records, tornBytes } = await readLog(ports, logName(newest), true);
  return records.length === 0 ? { number: newest, sizeBytes: tornBytes } : undefined;
}

function emptyState<V>({ options, runtime }: RecoverPorts<V>, revision: Revision): State<V> {
  const state = new State<V>({ ...options, startRevision: revision });
  // What is replayed counts as made now: how long ago it was made nobody knows.
  state.feed.start(runtime.clock);
  return state;
}

/** Without any good snapshot only the whole log will do. */
function firstLog({ logs, snapshots }: FolderContent): number {
  const [first] = logs;
  if (first === undefined) throw new WalCorrupt(snapshotName(snapshots[snapshots.length - 1] ?? 0), 'neither it nor an older one is whole, and there is no log');
  return first;
}

/** From the base on there is every log, up to the one that the newest snapshot, good or bad, begins. */
function checkNumbers({ snapshots }: FolderContent, base: number, numbers: readonly number[]): void {
  const end = Math.max(base, ...snapshots);
  for (let number = base; number <= end || number <= (numbers[numbers.length - 1] ?? 0); number++) {
    if (numbers[number - base] !== number) throw new WalCorrupt(logName(number), 'it is missing');
  }
}

async function newestGood<V>(ports: RecoverPorts<V>, snapshots: readonly number[]): Promise<{ readonly number: number; readonly state: State<V> } | undefined> {
  for (const number of [...snapshots].reverse()) {
    try {
      return { number, state: await loadImage(ports, ports.files.join(ports.dir, snapshotName(number))) };
    } catch (error) {
      if (!(error instanceof BadImage)) throw error;
      ports.runtime.log.warn('a snapshot of the store is damaged; an older one is tried', { file: snapshotName(number), error });
    }
  }
  return undefined;
}

async function loadImage<V>(ports: RecoverPorts<V>, path: string): Promise<State<V>> {
  let state: State<V> | undefined;
  let newest: Parameters<State<V>['restoreNewest']>[0] = [];
  for await (const part of readImage(ports.files, path)) {
    if (part.type === 'meta') {
      state = emptyState(ports, part.revision);
      for (const { id, ttlSeconds } of part.leases) state.leases.restore(id, ttlSeconds);
      state.leases.skipIds(part.nextLeaseId);
      newest = part.newest.map(({ key, prev }) => ({ key, prev: prev && new PastItem(prev, ports.codec) }));
    } else if (part.type === 'items') {
      for (const item of part.items) state?.restore(new PastItem(item, ports.codec), item.bytes.length);
    }
  }
  if (!state) throw new BadImage('it is empty');
  if (newest.length > 0) state.restoreNewest(newest);
  return state;
}

async function readLog<V>({ files, dir }: RecoverPorts<V>, name: string, isLast: boolean): Promise<Scan> {
  const path = files.join(dir, name);
  const bytes = Buffer.allocUnsafe(await files.sizeOf(path));
  const file = await files.open(path, 'read');
  try {
    for (let at = 0; at < bytes.length;) {
      const count = await file.read(bytes.subarray(at), at);
      if (count === 0) throw new WalCorrupt(name, 'it became shorter while it was read');
      at += count;
    }
  } finally {
    await file.close();
  }
  return scan(bytes, name, isLast);
}

function headerOf({ records }: Scan, name: string, number: number): LogRecord & { readonly type: 'header' } {
  const [frame] = records;
  if (!frame) throw new WalCorrupt(name, 'it is empty');
  const record = parse(frame, name);
  if (record.type !== 'header') throw new WalCorrupt(name, 'it does not begin as a log does');
  if (record.format !== formatVersion) throw new WalCorrupt(name, `its format ${String(record.format)} is not known here`);
  if (record.number !== number) throw new WalCorrupt(name, 'it has the name of another log');
  return record;
}

function parse(frame: Buffer, name: string): LogRecord {
  try {
    const reader = new ByteReader(frame, contentAt);
    reader.u48();
    return readRecord(reader);
  } catch (error) {
    throw new WalCorrupt(name, 'a record does not say what it should', { cause: error });
  }
}

/** Other work of the process runs after each so many bytes. */
const breathBytes = 4 * 1024 * 1024;

async function replay<V>({ codec, runtime }: RecoverPorts<V>, state: State<V>, frames: readonly Buffer[], name: string): Promise<void> {
  let bytes = 0;
  for (const frame of frames) {
    const record = parse(frame, name);
    try {
      redo(state, record, frame.length, codec);
    } catch (error) {
      throw error instanceof WalCorrupt ? error : new WalCorrupt(name, 'a record does not fit what was before it', { cause: error });
    }
    const after = record.type === 'txn' || record.type === 'ended' ? record.revision : state.revision;
    if (state.revision !== after) throw new WalCorrupt(name, `revision ${(state.revision + 1n).toString()} is missing`);
    bytes += frame.length;
    if (bytes < breathBytes) continue;
    bytes = 0;
    await runtime.clock.yield();
  }
}

function redo<V>(state: State<V>, record: LogRecord, sizeBytes: number, codec: Codec<V>): void {
  switch (record.type) {
    case 'txn':
      if (record.revision === state.revision + 1n) state.replay(record.ops.map((op) => withValue(op, record.revision, codec)), sizeBytes);
      break;
    case 'granted': state.leases.restore(record.id, record.ttlSeconds); break;
    case 'ended': state.leases.revoke(record.id); break;
    case 'compacted': if (record.revision > state.feed.compacted) state.compact(record.revision); break;
    case 'header': throw new RangeError('a log has one beginning');
  }
}

function withValue<V>(op: RawOp, revision: Revision, codec: Codec<V>): Parameters<State<V>['replay']>[0][number] {
  if (op.type === 'delete') return op;
  const { bytes, ...rest } = op;
  return { ...rest, sizeBytes: bytes.length, ...decodeValue(bytes, revision, codec) };
}

function obsoleteBefore({ logs, snapshots, drafts }: FolderContent, base: number): string[] {
  return [
    ...drafts,
    ...logs.filter((number) => number < base).map(logName),
    // A damaged snapshot is newer than the base; once this store has made the next one, both are history.
    ...snapshots.filter((number) => number < base).map(snapshotName),
  ];
}

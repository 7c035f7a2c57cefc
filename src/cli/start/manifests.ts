import { readFile } from 'node:fs/promises';
import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import { ApiError, type AnyKind, type Client } from '../../index.js';

/** One object of a manifest, and where it stands. */
export interface Manifest {
  readonly file: string;
  /** From 1. */
  readonly document: number;
  readonly kind: AnyKind;
  readonly object: ManifestObject;
  /** The line of a field, or of the nearest one around it. */
  lineOf(path: string): number | undefined;
}
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: { readonly [field: string]: unknown };
  readonly status?: { readonly [field: string]: unknown };
}

/** All that is wrong with the manifests; nothing of them was applied. */
export class ManifestError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** YAML aliases that one document may use (B16). */
const maxAliases = 100;

/**
 * Reads multi-document YAML. Every document must be an object of one of the kinds.
 * @throws ManifestError with file, document, line and field of everything that is wrong
 */
export async function readManifests(files: readonly string[], kinds: readonly AnyKind[]): Promise<readonly Manifest[]> {
  const problems: string[] = [];
  const manifests: Manifest[] = [];
  for (const file of files) {
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      problems.push(`${file}: cannot be read: ${reasonOf(error)}`);
      continue;
    }
    const lines = new LineCounter();
    const documents = parseAllDocuments(text, { lineCounter: lines, schema: 'core', version: '1.2' });
    if (!Array.isArray(documents)) continue;
    documents.forEach((document, i) => { readDocument(document, { file, number: i + 1, lines, kinds }, manifests, problems); });
  }
  if (problems.length > 0) throw new ManifestError(problems);
  if (manifests.length === 0) throw new ManifestError([`no object in ${files.join(', ')}`]);
  return manifests;
}

interface Place {
  readonly file: string;
  readonly number: number;
  readonly lines: LineCounter;
  readonly kinds: readonly AnyKind[];
}

function readDocument(document: Document.Parsed, place: Place, manifests: Manifest[], problems: string[]): void {
  const { file, number, lines, kinds } = place;
  const problem = (line: number | undefined, what: string) => { problems.push(`${file}: document ${number}${line === undefined ? '' : `, line ${line}`}: ${what}`); };
  if (document.errors.length > 0) {
    for (const error of document.errors) problem(error.linePos?.[0].line, `is no valid YAML: ${error.message.split('\n')[0] ?? ''}`);
    return;
  }
  const lineOf = (path: string) => lineOfPath(document, lines, path);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: maxAliases });
  } catch (error) {
    problem(undefined, reasonOf(error));
    return;
  }
  if (value === null) return; // an empty document, as after a trailing '---'
  const first = lineOf('');
  if (typeof value !== 'object' || Array.isArray(value)) { problem(first, 'is no object'); return; }
  const { apiVersion, kind: kindName, metadata } = value as { readonly apiVersion?: unknown; readonly kind?: unknown; readonly metadata?: { readonly name?: unknown } | null };
  if (typeof apiVersion !== 'string') { problem(first, 'apiVersion: Required value'); return; }
  if (typeof kindName !== 'string') { problem(first, 'kind: Required value'); return; }
  const kind = kinds.find((k) => k.apiVersion === apiVersion && k.kind === kindName);
  if (!kind) { problem(lineOf('kind'), `kind: unknown kind ${kindName} of ${apiVersion}${nearest(kindName, kinds)}`); return; }
  if (typeof metadata?.name !== 'string') { problem(lineOf('metadata'), 'metadata.name: Required value'); return; }
  // The checks above are those that the type needs; the api checks the rest.
  manifests.push({ file, document: number, kind, object: value as ManifestObject, lineOf });
}

/**
 * Has the api judge every object without writing it, so that a file with one bad object changes nothing.
 * @throws ManifestError
 */
export async function checkManifests(client: Client, manifests: readonly Manifest[]): Promise<void> {
  const problems: string[] = [];
  for (const manifest of manifests) {
    try {
      await applyManifest(client, manifest, true);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      problems.push(...problemsOf(manifest, error));
    }
  }
  if (problems.length > 0) throw new ManifestError(problems);
}

/** Writes one object; a status in it (a Node's capacity) goes through its subresource, as in a cluster. */
export async function applyManifest(client: Client, { kind, object }: Manifest, dryRun = false): Promise<void> {
  const { status, apiVersion: _v, kind: _k, ...rest } = object;
  // What a manifest says is what its owner wants, also of an object that others wrote to (a node agent, an earlier run).
  const o = { fieldManager: 'setpoint-start', force: true, dryRun };
  await client.apply(kind as AnyKindIn, rest, o);
  if (status !== undefined && !dryRun) await client.subresource(kind, 'status').apply(object, { status }, o);
}
/** Manifests are checked by the api, not by the compiler. */
type AnyKindIn = AnyKind & { readonly input?: never };

function problemsOf(manifest: Manifest, error: ApiError): readonly string[] {
  const where = (line: number | undefined) => `${manifest.file}: document ${manifest.document}${line === undefined ? '' : `, line ${line}`} (${manifest.object.kind} ${manifest.object.metadata.name})`;
  const causes = error.status.details?.causes ?? [];
  if (causes.length === 0) return [`${where(manifest.lineOf(fieldIn(error.message)))}: ${error.message}`];
  return causes.map((cause) => `${where(manifest.lineOf(cause.field ?? ''))}: ${cause.field === undefined ? '' : `${cause.field}: `}${cause.message}`);
}

/** Messages of strict decoding name their field in quotes. */
function fieldIn(message: string): string {
  return /field "([^"]+)"/.exec(message)?.[1] ?? '';
}

function lineOfPath(document: Document.Parsed, lines: LineCounter, path: string): number | undefined {
  const parts: (string | number)[] = path.split(/\.|\[|\]/).filter((part) => part !== '').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  for (; ; parts.pop()) {
    const node = document.getIn(parts, true) as { readonly range?: readonly number[] | null } | undefined;
    const offset = node?.range?.[0];
    if (offset !== undefined) return lines.linePos(offset).line;
    if (parts.length === 0) return undefined;
  }
}

function nearest(name: string, kinds: readonly AnyKind[]): string {
  const alike = kinds.find((k) => k.kind.toLowerCase() === name.toLowerCase()) ?? kinds.find((k) => k.kind.toLowerCase().startsWith(name.toLowerCase().slice(0, 4)));
  return alike ? `; did you mean ${alike.kind} of ${alike.apiVersion}?` : '';
}

function reasonOf(error: unknown): string {
  const code = (error as { readonly code?: unknown }).code;
  return code === 'ENOENT' ? 'no such file' : error instanceof Error ? error.message : String(error);
}

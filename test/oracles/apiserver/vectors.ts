import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'node:https';
import { kindOf, pathOf } from './kinds.js';
import { minimalObjects } from './programs.js';
import type { Server } from './upstream.js';

/** One object as kube-apiserver answers it, in JSON and in protobuf. */
export interface Vector {
  readonly id: string;
  readonly json: unknown;
  readonly protobuf: Uint8Array;
  /** Where it keeps the object, and as what. */
  readonly key: string;
  readonly stored: Uint8Array;
}

/** One line for each: kind, JSON, protobuf, the key in etcd and the value there, bytes in base64, with tabs between. */
const file = join('test', 'oracles', 'apiserver', 'vectors.tsv');

export function readVectors(): readonly Vector[] {
  return readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => {
    const [id = '', json = '', protobuf = '', key = '', stored = ''] = line.split('\t');
    return { id, json: JSON.parse(json) as unknown, protobuf: Buffer.from(protobuf, 'base64'), key, stored: Buffer.from(stored, 'base64') };
  });
}

/** Makes an object of each kind there, and keeps both forms of it. */
export async function recordVectors(server: Server): Promise<void> {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const send = (method: string, path: string, accept: string, body?: unknown) => new Promise<Buffer>((resolve, reject) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const call = request(new URL(path, server.url), { method, agent, headers: { Authorization: `Bearer ${server.token}`, Accept: accept, 'User-Agent': 'oracle', ...(text === undefined ? {} : { 'Content-Type': 'application/json' }) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      response.on('error', reject);
      response.on('end', () => { if ((response.statusCode ?? 500) < 300) resolve(Buffer.concat(chunks)); else reject(new Error(`${path}: ${Buffer.concat(chunks).toString('utf8')}`)); });
    });
    call.on('error', reject);
    call.end(text);
  });
  const namespace = 'vectors';
  await send('POST', '/api/v1/namespaces', 'application/json', { metadata: { name: namespace } });
  const lines: string[] = [];
  for (const { kind, object } of minimalObjects) {
    const path = pathOf(kindOf(kind), namespace);
    const name = 'vector';
    await send('POST', path, 'application/json', { ...object, metadata: { ...object.metadata, name } });
    const json = await send('GET', `${path}/${name}`, 'application/json');
    const protobuf = await send('GET', `${path}/${name}`, 'application/vnd.kubernetes.protobuf');
    const [key, stored] = await newestIn(server.etcd);
    lines.push(`${kind}\t${JSON.stringify(JSON.parse(json.toString('utf8')))}\t${protobuf.toString('base64')}\t${key}\t${stored}\n`);
  }
  agent.destroy();
  writeFileSync(file, lines.join(''));
}

/** The newest object with the name of the vectors: its key, and its value in base64, through etcd's JSON gateway. */
async function newestIn(etcd: string): Promise<readonly [key: string, value: string]> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const response = await fetch(`${etcd}/v3/kv/range`, { method: 'POST', body: JSON.stringify({ key: base64('/registry/'), range_end: base64('/registry0'), sort_target: 'MOD', sort_order: 'DESCEND', limit: 50 }) });
  const { kvs } = await response.json() as { readonly kvs: readonly { readonly key: string; readonly value: string }[] };
  const found = kvs.map(({ key, value }) => [Buffer.from(key, 'base64').toString('utf8'), value] as const).find(([key]) => key.endsWith('/vector'));
  if (!found) throw new Error('etcd has no vector');
  return found;
}

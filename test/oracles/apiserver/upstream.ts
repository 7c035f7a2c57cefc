import { Agent, request } from 'node:https';
import type { JsonPatchOp } from '../../../src/core/resource/inputs.js';
import { kindOf, pathOf } from './kinds.js';
import { bodyOf, filled, kindsOf } from './placeholders.js';
import { clientName, type Answer, type Player, type Program, type Step, type Trace, type TraceEvent } from './program.js';

/** Where a kube-apiserver listens, and a token that may do everything. */
export interface Server {
  readonly url: string;
  readonly token: string;
  /** The etcd behind it. */
  readonly etcd: string;
}

interface Response {
  readonly code: number;
  readonly body: string;
  readonly warnings: readonly string[];
}

/** A kube-apiserver; each program has a namespace of its own there. */
export function upstreamPlayer(server: Server): Player {
  // Its certificate is one that it made for itself a moment ago.
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  const send = (method: string, path: string, query: URLSearchParams, body?: unknown, type = 'application/json') => new Promise<Response>((resolve, reject) => {
    const url = new URL(path, server.url);
    url.search = query.toString();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const call = request(url, { method, agent, headers: { Authorization: `Bearer ${server.token}`, Accept: 'application/json', 'User-Agent': clientName, ...(text === undefined ? {} : { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) }) } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      response.on('error', reject);
      response.on('end', () => { resolve({ code: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8'), warnings: warningsIn(response.headers['warning']) }); });
    });
    call.on('error', reject);
    call.end(text);
  });
  let count = 0;
  const run = Date.now().toString(36);
  return {
    async play(program) {
      const namespace = `p-${run}-${String(++count)}`;
      const made = await send('POST', '/api/v1/namespaces', new URLSearchParams(), { metadata: { name: namespace } });
      if (made.code !== 201) throw new Error(`no namespace: ${made.body}`);
      try {
        return await play(send, program, namespace);
      } finally {
        await send('DELETE', `/api/v1/namespaces/${namespace}`, new URLSearchParams());
      }
    },
    [Symbol.asyncDispose]: () => { agent.destroy(); return Promise.resolve(); },
  };
}

type Send = (method: string, path: string, query: URLSearchParams, body?: unknown, type?: string) => Promise<Response>;

async function play(send: Send, program: Program, namespace: string): Promise<Trace> {
  const kinds = kindsOf(program);
  const starts = new Map(await Promise.all(kinds.map(async (kind) => [kind, await newest(send, pathOf(kindOf(kind), namespace))] as const)));
  const answers: Answer[] = [];
  for (const step of program.steps) answers.push(await answerTo(send, filled(step, namespace, answers) as Step, namespace, answers));
  const traces = await Promise.all(kinds.map(async (kind) => [kind, await eventsSince(send, pathOf(kindOf(kind), namespace), starts.get(kind) ?? '0')] as const));
  const isOurs = ({ object }: TraceEvent) => JSON.stringify(object).includes(namespace);
  return { answers: renamed(answers, namespace) as readonly Answer[], events: renamed(Object.fromEntries(traces.map(([kind, events]) => [kind, events.filter(isOurs)])), namespace) as Trace['events'] };
}

/** Both sides speak of one namespace. */
function renamed(value: unknown, namespace: string): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(namespace, 'programs'));
}

async function newest(send: Send, path: string): Promise<string> {
  const { body } = await send('GET', path, new URLSearchParams());
  return (JSON.parse(body) as { metadata: { resourceVersion: string } }).metadata.resourceVersion;
}

async function answerTo(send: Send, step: Step, namespace: string, answers: readonly Answer[]): Promise<Answer> {
  const path = [pathOf(kindOf(step.kind), namespace), step.name, step.subresource].filter((part) => part !== undefined).join('/');
  const query = new URLSearchParams();
  const options = { ...('options' in step ? step.options : {}) } as { readonly [name: string]: unknown };
  for (const [name, value] of Object.entries(options)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') query.set(name, name === 'dryRun' ? 'All' : String(value));
  }
  switch (step.verb) {
    case 'create': return objectAnswer(await send('POST', path, query, bodyOf(step, answers)));
    case 'update': return objectAnswer(await send('PUT', path, query, bodyOf(step, answers)));
    case 'apply': {
      if (step.force !== undefined) query.set('force', String(step.force));
      return objectAnswer(await send('PATCH', path, query, step.object, 'application/apply-patch+yaml'));
    }
    case 'patch': return objectAnswer(await send('PATCH', path, query, step.patch as readonly JsonPatchOp[], `application/${step.type === 'json' ? 'json-patch' : step.type === 'merge' ? 'merge-patch' : 'strategic-merge-patch'}+json`));
    case 'get': {
      if (step.resourceVersion !== undefined) query.set('resourceVersion', step.resourceVersion);
      return objectAnswer(await send('GET', path, query), false);
    }
    case 'list': return listAnswer(await send('GET', path, query));
    case 'delete': {
      const response = await send('DELETE', path, new URLSearchParams(), deleteBody(options));
      const answer = objectAnswer(response, false);
      return answer.type === 'object' && kindIn(answer.object) === 'Status' ? { type: 'gone' } : answer;
    }
    default: {
      const selecting = new URLSearchParams([...query].filter(([name]) => ['labelSelector', 'fieldSelector', 'limit', 'continue', 'resourceVersion', 'resourceVersionMatch'].includes(name)));
      return listAnswer(await send('DELETE', path, selecting, deleteBody(options)));
    }
  }
}

function deleteBody({ dryRun, propagationPolicy, gracePeriodSeconds, preconditions }: { readonly [name: string]: unknown }): unknown {
  return { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, gracePeriodSeconds, preconditions, ...(dryRun === true ? { dryRun: ['All'] } : {}) };
}

function objectAnswer({ code, body, warnings }: Response, isWrite = true): Answer {
  const object: unknown = JSON.parse(body);
  if (code >= 400) return { type: 'refused', status: object };
  return isWrite ? { type: 'object', object, created: code === 201, warnings } : { type: 'object', object };
}

function listAnswer({ code, body }: Response): Answer {
  const list = JSON.parse(body) as { readonly metadata: unknown; readonly items: unknown };
  return code >= 400 ? { type: 'refused', status: list } : { type: 'list', list: { metadata: list.metadata, items: list.items } };
}

function kindIn(object: unknown): unknown {
  return (object as { readonly kind?: unknown }).kind;
}

/** A watch tells all that was, and is ended by the server after a second. */
async function eventsSince(send: Send, path: string, resourceVersion: string): Promise<readonly TraceEvent[]> {
  const { body } = await send('GET', path, new URLSearchParams({ watch: 'true', resourceVersion, timeoutSeconds: '1' }));
  return body.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as TraceEvent);
}

/** `299 - "text"`, several with commas. */
function warningsIn(header: string | string[] | undefined): readonly string[] {
  const text = Array.isArray(header) ? header.join(', ') : header ?? '';
  return [...text.matchAll(/299 - ("(?:[^"\\]|\\.)*")/g)].map(([, quoted]) => JSON.parse(quoted ?? '""') as string);
}

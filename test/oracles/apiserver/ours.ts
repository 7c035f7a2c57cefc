import { createApi, type LocalApi } from '../../../src/core/api/local-api.js';
import { objectCodec } from '../../../src/core/api/codec.js';
import type { WatchEvent, Written } from '../../../src/core/api/api.js';
import { defaultPrefix } from '../../../src/core/api/layout.js';
import { plugsOf } from '../../../src/core/api/plugs.js';
import { ApiError } from '../../../src/core/api/api-error.js';
import type { JsonPatchOp } from '../../../src/core/resource/inputs.js';
import { silent } from '../../../src/core/runtime/logger.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { virtualClock, type VirtualClock } from '../../../src/core/runtime/virtual-clock.js';
import { memory } from '../../../src/core/store/memory/memory.js';
import type { Store } from '../../../src/core/store/provider.js';
import { kindOf } from './kinds.js';
import { bodyOf, filled, kindsOf } from './placeholders.js';
import { clientName, type Answer, type Player, type Program, type Step, type Trace, type TraceEvent } from './program.js';

/** The api of this project, over a store of its own for each program. `provider` makes one; default: memory. */
export function ourPlayer(provider: () => Store = () => memory()): Player {
  return {
    async play(program) {
      const clock = virtualClock();
      const runtime = { clock, random: keyedRandom(1), log: silent };
      const opened = provider();
      const store = await opened.open(objectCodec(), runtime);
      const prefix = opened.prefix ?? defaultPrefix;
      const api = createApi({ store, runtime, prefix });
      try {
        const trace = await play(api, program, clock);
        // Some refusals name keys, and each program has its own where it shares a store.
        return prefix === defaultPrefix ? trace : JSON.parse(JSON.stringify(trace).replaceAll(`Key: ${prefix}/`, `Key: ${defaultPrefix}/`)) as Trace;
      } finally {
        await api[Symbol.asyncDispose]();
        await store[Symbol.asyncDispose]();
      }
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function play(api: LocalApi, program: Program, clock: VirtualClock): Promise<Trace> {
  const namespace = 'programs';
  await api.create(kindOf('Namespace'), {}, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const kinds = kindsOf(program);
  const starts = new Map(await Promise.all(kinds.map(async (kind) => [kind, (await api.list(kindOf(kind), {})).resourceVersion] as const)));
  const answers: Answer[] = [];
  for (const step of program.steps) answers.push(await answerTo(api, filled(step, namespace, answers) as Step, namespace, answers));
  const events: { [kind: string]: readonly TraceEvent[] } = {};
  for (const kind of kinds) events[kind] = await eventsSince(api, kind, namespace, starts.get(kind) ?? '0', clock);
  return { answers, events };
}

async function answerTo(api: LocalApi, step: Step, namespace: string, answers: readonly Answer[]): Promise<Answer> {
  const kind = kindOf(step.kind);
  const at = { ...(kind.namespaced ? { namespace } : {}), name: step.name, subresource: step.subresource };
  // Over HTTP unknown fields are warned of, and the manager is the client's name but for apply; in process they are refused (A86).
  const params = { fieldValidation: 'Warn' as const, ...(step.verb === 'apply' ? {} : { fieldManager: clientName }), ...('options' in step ? step.options : {}) };
  try {
    switch (step.verb) {
      case 'create': if (step.subresource === 'binding' || step.subresource === 'eviction') return done(await api.create(kind, at, bodyOf(step, answers), params)); else return written(await api.create(kind, at, bodyOf(step, answers), params), true);
      case 'update': return written(await api.update(kind, at, bodyOf(step, answers), params));
      case 'apply': return written(await api.patch(kind, at, { type: 'apply', value: step.object, force: step.force }, params));
      case 'patch': return written(await api.patch(kind, at, step.type === 'json' ? { type: 'json', ops: step.patch as readonly JsonPatchOp[] } : { type: step.type, value: step.patch }, params));
      case 'get': return { type: 'object', object: await api.get(kind, at, { resourceVersion: step.resourceVersion }) };
      case 'list': return { type: 'list', list: listOf(await api.list(kind, at, step.options)) };
      case 'delete': {
        const deleted = await api.delete(kind, at, step.options);
        return deleted.gone && !plugsOf(kind).strategy?.returnsDeleted ? { type: 'gone' } : { type: 'object', object: deleted.object };
      }
      default: return { type: 'list', list: listOf(await api.deleteCollection(kind, at, step.options ?? {})) };
    }
  } catch (error) {
    if (error instanceof ApiError) return { type: 'refused', status: error.status };
    throw error;
  }
}

/** As the HTTP door answers a create that makes no object (A67). */
function done({ warnings }: Written): Answer {
  return { type: 'object', object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, created: true, warnings };
}

function written({ object, created, warnings }: Written, creates = false): Answer {
  return { type: 'object', object, created: creates || created, warnings };
}

function listOf({ items, resourceVersion, continue: more, remainingItemCount }: Awaited<ReturnType<LocalApi['list']>>): unknown {
  return { metadata: { resourceVersion, ...(more === undefined ? {} : { continue: more }), ...(remainingItemCount === undefined ? {} : { remainingItemCount }) }, items };
}

/** Longer than a watch may be silent: then a bookmark says how far it is. */
const silenceMs = 120_000;

/** Everything there is to tell, up to a bookmark at the store's revision. */
async function eventsSince(api: LocalApi, kindName: string, namespace: string, resourceVersion: string, clock: VirtualClock): Promise<readonly TraceEvent[]> {
  const kind = kindOf(kindName);
  const at = kind.namespaced ? { namespace } : {};
  const newest = BigInt((await api.list(kind, at)).resourceVersion);
  const told: WatchEvent[] = [];
  const reading = (async () => {
    for await (const batch of api.watch(kind, at, { resourceVersion, allowWatchBookmarks: true })) {
      told.push(...batch);
      const last = batch.at(-1);
      if (!last || last.type === 'ERROR' || BigInt(last.resourceVersion) >= newest) break;
    }
  })();
  await clock.advance(silenceMs);
  await reading;
  return told.flatMap((event) => (event.type === 'BOOKMARK' || event.type === 'ERROR' ? [] : [{ type: event.type, object: event.object }]));
}

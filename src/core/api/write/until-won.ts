import type { KubeObject } from '../../resource/object.js';
import type { Item } from '../../store/store.js';
import type { Written } from '../api.js';
import { objectKey } from '../layout.js';
import { timedOut } from '../refusals.js';
import type { Advanced } from './advance.js';
import { readItem, type NamedWriteRequest, type WriteEnv } from './write-env.js';

/** A write that keeps losing gives up after this long (A39). */
const deadlineMs = 34_000;

/** What one attempt came to; 'again': the object is not what it was taken for, read it anew. */
export type Attempt = Advanced | { readonly type: 'again' };

/**
 * Makes a change on the newest state of an object until it is stored. Who lost a race waits for a turn among the other
 * losers of this process, so that n writers of one object need about 2n tries and not n²/2, and none starves. Rule: A39.
 */
export async function untilWon(env: WriteEnv, request: NamedWriteRequest, attempt: (item: Item<KubeObject> | undefined) => Promise<Attempt>): Promise<Written> {
  const first = await attempt(await readItem(env, request));
  if (first.type === 'done') return first.written;
  const end = env.clock.now() + deadlineMs;
  const leave = await env.turns.take(objectKey(request.served.prefix, request.namespace, request.name));
  try {
    for (let item = await readItem(env, request); ;) {
      const next = await attempt(item);
      if (next.type === 'done') return next.written;
      if (env.clock.now() >= end) throw timedOut(`${request.name} changed faster than the change could be stored`);
      item = next.type === 'lost' ? next.current : await readItem(env, request);
    }
  } finally {
    leave();
  }
}

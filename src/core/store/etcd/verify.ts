import { sleep } from '../../runtime/clock.js';
import { Aborted, toError } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { FutureRevision, Unavailable } from '../errors.js';
import type { Revision, Verification, VerifiedMember } from '../store.js';
import type { Calls } from './calls.js';
import type { Endpoint } from './endpoints.js';
import { methods } from './methods.js';

const attempts = 10;
const pauseMs = 200;

/**
 * Asks every member for its hash at one revision, and again while they have not compacted alike: only hashes over the same
 * history can be compared. `newest` answers the store's revision.
 * @throws Aborted, Unavailable when the members go on being compacted differently. Rule: S87.
 */
export async function verifyMembers(calls: Pick<Calls, 'ask'>, members: readonly Endpoint[], runtime: Runtime, newest: () => Promise<Revision>, signal: AbortSignal | undefined): Promise<Verification> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await sleep(runtime.clock, pauseMs, signal).catch(() => { throw new Aborted('verify', { cause: signal?.reason }); });
    const revision = await newest();
    const answers = await Promise.all(members.map((member) => hashOf(calls, member, revision)));
    // A member that is behind will be there in a moment.
    if (answers.some(({ error }) => error instanceof FutureRevision)) continue;
    const told = answers.filter(({ error }) => error === undefined);
    if (new Set(told.map(({ compactRevision }) => compactRevision)).size > 1) continue;
    return { ok: told.length === members.length && new Set(told.map(({ hash }) => hash)).size === 1, revision, members: answers };
  }
  throw new Unavailable('its members were behind or compacted differently each time; ask again');
}

async function hashOf(calls: Pick<Calls, 'ask'>, member: Endpoint, revision: Revision): Promise<VerifiedMember> {
  const endpoint = member.url;
  try {
    const { hash, compactRevision } = await calls.ask(member, 'verify', methods.hashKv, { revision });
    return { endpoint, hash, compactRevision };
  } catch (error) {
    return { endpoint, error: toError(error) };
  }
}

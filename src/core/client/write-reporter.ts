import type { Address, Written } from '../api/api.js';
import { keyOf } from '../resource/object.js';
import type { AnyKind } from '../resource/kind.js';
import { SetpointError } from '../runtime/errors.js';
import type { ClientSettings, WriteReport } from './client.js';

export type Verb = Extract<WriteReport, { readonly type: 'answered' }>['verb'];

/**
 * Tells of each write before it is sent and when it has ended, so that reads can wait for it. Rules: R10, R22, I38, I39.
 */
export function reporter(onWrite: ClientSettings['onWrite']): (kind: AnyKind, verb: Verb, at: Address, send: () => Promise<Written>) => Promise<Written> {
  if (!onWrite) return (_kind, _verb, _at, send) => send();
  let last = 0;
  return async (kind, verb, at, send) => {
    const id = ++last;
    const key = at.name === undefined ? undefined : keyOf({ name: at.name, namespace: kind.namespaced ? at.namespace : undefined });
    onWrite({ type: 'sent', id, kind, key });
    try {
      const written = await send();
      const { object, appliedTo, resourceVersion, gone } = written;
      onWrite({ type: 'answered', id, kind, key: keyOf(object), object, verb, appliedTo, resourceVersion, gone });
      return written;
    } catch (error) {
      // Every other failure is an answer: nothing was written.
      const lost = error instanceof SetpointError && error.code === 'UnknownOutcome';
      onWrite(lost ? { type: 'unknown', id, kind, key } : { type: 'failed', id, kind, key, error });
      throw error;
    }
  };
}

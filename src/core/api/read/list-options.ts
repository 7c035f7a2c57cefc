import type { ListParams, WatchParams } from '../api.js';
import type { StatusCause } from '../../resource/status.js';
import type { Revision } from '../../store/store.js';
import { forbidden, notSupported } from '../../resource/validation/causes.js';
import { badRequest, invalidOptions } from '../refusals.js';
import { parseRevision } from './revision.js';

/** Which state a list wants (A23). */
export type Wanted =
  | { readonly type: 'newest' }
  | { readonly type: 'any' }
  | { readonly type: 'notOlderThan'; readonly revision: Revision }
  | { readonly type: 'exact'; readonly revision: Revision };

/** What a watch starts with (A70, A71, A75). */
export type Start =
  | { readonly type: 'after'; readonly revision: Revision }
  /** First the state at `atLeast` or later (undefined: the newest; 0: any), then changes. */
  | { readonly type: 'state'; readonly atLeast: Revision | undefined }
  /** No state: changes from now on. */
  | { readonly type: 'now' };

/** @throws ApiError 422, 400 (A23, A24, A26) */
export function wantedByList(params: ListParams): Wanted {
  const { resourceVersionMatch: match, limit } = params;
  checkLimit(limit);
  if (match !== undefined && match !== '') {
    const causes: StatusCause[] = [];
    if (params.continue) causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
    else if (!params.resourceVersion) causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (match !== 'Exact' && match !== 'NotOlderThan') causes.push(notSupported('resourceVersionMatch', match, ['Exact', 'NotOlderThan', '']));
    else if (match === 'Exact' && params.resourceVersion === '0') causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    if (causes.length > 0) throw invalidOptions('ListOptions', causes);
  }
  if ((params as WatchParams).sendInitialEvents !== undefined) throw invalidOptions('ListOptions', [forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list')]);
  const revision = parseRevision(params.resourceVersion);
  if (params.continue) {
    if (revision !== undefined && revision !== 0n) throw badRequest('specifying resource version is not allowed when using continue');
    return { type: 'newest' };
  }
  if (revision === undefined) return { type: 'newest' };
  if (revision === 0n) return { type: 'any' };
  if (match === 'Exact' || (match !== 'NotOlderThan' && limit !== undefined && limit > 0)) return { type: 'exact', revision };
  return { type: 'notOlderThan', revision };
}

/** @throws ApiError 422, 400 (A71, A74–A76) */
export function startOfWatch(params: WatchParams & { readonly continue?: string | undefined }): Start {
  const { sendInitialEvents: initial, resourceVersionMatch: match } = params;
  const causes: StatusCause[] = [];
  if (initial !== undefined && match !== 'NotOlderThan') causes.push(forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match !== undefined && match !== '') {
    if (initial === undefined) causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    if (match !== 'NotOlderThan') causes.push(notSupported('resourceVersionMatch', match, ['NotOlderThan']));
    if (params.continue) causes.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
  }
  if (causes.length > 0) throw invalidOptions('ListOptions', causes);
  const revision = parseRevision(params.resourceVersion);
  if (initial === undefined) return revision === undefined || revision === 0n ? { type: 'state', atLeast: revision } : { type: 'after', revision };
  if (initial) return { type: 'state', atLeast: revision };
  return revision === undefined || revision === 0n ? { type: 'now' } : { type: 'after', revision };
}

function checkLimit(limit: number | undefined): void {
  if (limit === undefined) return;
  // Past the types a caller may hand in anything (B63).
  if (typeof limit !== 'number' || !Number.isInteger(limit)) throw badRequest(`limit: Invalid value: "${String(limit).slice(0, 64)}": must be a whole number`);
}

import { SetpointError, UnknownOutcome } from '../../runtime/errors.js';
import {
  Compacted, Corrupt, DuplicateKey, FutureRevision, InvalidKey, InvalidLease, LeaseNotFound, NoSpace, PermissionDenied, Refused,
  TooLarge, TooManyOps, TooManyRequests, Unauthenticated, Unavailable, type StoreErrorOptions,
} from '../errors.js';

/** How a call ended, as gRPC tells it. Numbers are gRPC's status codes. */
export interface CallStatus {
  readonly code: number;
  readonly details: string;
}

/** The server's own words, without the prefixes that differ between versions. Rules: S22, S46, S57, S76, S80. */
const refusals: readonly (readonly [text: string, make: (options: StoreErrorOptions) => SetpointError])[] = [
  // The number is learned by a second question: the answer does not have it.
  ['required revision has been compacted', (o) => new Compacted(0n, o)],
  ['required revision is a future revision', (o) => new FutureRevision(o)],
  ['requested lease not found', (o) => new LeaseNotFound(0n, o)],
  ['too large lease TTL', (o) => new InvalidLease(o)],
  ['too many operations in txn request', (o) => new TooManyOps(undefined, o)],
  ['duplicate key given in txn request', (o) => new DuplicateKey(o)],
  ['request is too large', (o) => new TooLarge(undefined, o)],
  ['key is not provided', (o) => new InvalidKey('is empty', o)],
  ['database space exceeded', (o) => new NoSpace(o)],
  ['too many requests', (o) => new TooManyRequests(o)],
  ['permission denied', (o) => new PermissionDenied(o)],
  ['invalid user ID or password', (o) => new Unauthenticated(o)],
  ['invalid auth token', (o) => new Unauthenticated(o)],
  ['user name is empty', (o) => new Unauthenticated(o)],
  ['corrupt cluster', (o) => new Corrupt(o)],
  // The member refused it unseen; another one will take it (S75).
  ['rpc not supported for learner', (o) => new Unavailable('the member is a learner', o)],
  ['etcdserver: not leader', (o) => new Unavailable('the member does not lead', o)],
];

/** InvalidArgument, NotFound, PermissionDenied, FailedPrecondition, OutOfRange, Unauthenticated. */
const refusingCodes = new Set([3, 5, 7, 9, 11, 16]);

export function isStaleToken({ code, details }: CallStatus): boolean {
  return code === 16 && details.includes('invalid auth token');
}

/** What a failed call means: a refusal of the server's own is certain, everything else leaves a write unknown. Rules: S56, S57. */
export function faultOf(what: string, status: CallStatus, kind: 'read' | 'write', endpoint: string): SetpointError {
  const cause = new SetpointError('Grpc', `gRPC status ${String(status.code)}: ${status.details}`);
  const known = refusals.find(([text]) => status.details.includes(text));
  if (known) return known[1]({ endpoint, cause });
  if (refusingCodes.has(status.code)) return new Refused(status.details, { endpoint, cause });
  if (kind === 'write') return new UnknownOutcome(what, { cause });
  return new Unavailable(status.details, { endpoint, cause });
}

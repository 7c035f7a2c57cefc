import { qualifiedKind, qualifiedResource, type AnyKind } from '../resource/kind.js';
import type { StatusCause, StatusDetails } from '../resource/status.js';
import { causeLimit, invalid as invalidValue, limited } from '../resource/validation/causes.js';
import { Aborted, SetpointError, toError, type ErrorOptions } from '../runtime/errors.js';
import { ApiError, failure } from './api-error.js';

/** How the api refuses: one function for each case of A5, with the reference's text to the letter. */

export function notFound(kind: AnyKind, name: string): ApiError {
  return new ApiError(failure(404, 'NotFound', `${qualifiedResource(kind)} "${name}" not found`, resourceDetails(kind, name)));
}

/** For addresses that lead nowhere: a subresource that the kind does not have (A65). */
export function noSuchResource(options: ErrorOptions = {}): ApiError {
  return new ApiError(failure(404, 'NotFound', 'the server could not find the requested resource', {}), options);
}

/** A taken name; `terminating` when its holder is being deleted (A18). */
export function alreadyExists(kind: AnyKind, name: string, terminating: boolean): ApiError {
  const message = `${terminating ? 'object is being deleted: ' : ''}${qualifiedResource(kind)} "${name}" already exists`;
  return new ApiError(failure(409, 'AlreadyExists', message, resourceDetails(kind, name)));
}

/** generateName found no free name (A19). */
export function noUniqueName(kind: AnyKind, name: string): ApiError {
  const message = `${qualifiedResource(kind)} "${name}" already exists, the server was not able to generate a unique name for the object`;
  return new ApiError(failure(409, 'AlreadyExists', message, { ...resourceDetails(kind, name), retryAfterSeconds: 1 }));
}

export const modified = 'the object has been modified; please apply your changes to the latest version and try again';

export function conflict(kind: AnyKind, name: string, why: string, subresource?: string): ApiError {
  const resource = subresource === undefined ? qualifiedResource(kind) : `${kind.plural}/${subresource}`;
  const hint = why === modified ? 'read the object again and repeat the change on it, or use patch or apply' : undefined;
  return new ApiError(failure(409, 'Conflict', `Operation cannot be fulfilled on ${resource} "${name}": ${why}`, resourceDetails(kind, name)), hint === undefined ? {} : { hint });
}

/** Another uid, or version, than the one that the request is for, in the words of the reference's store (A16, A67). */
export function storagePrecondition(kind: AnyKind, key: string, name: string, what: 'UID' | 'ResourceVersion', asked: string, found: string): ApiError {
  return conflict(kind, name, `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: `
    + `Precondition failed: ${what} in precondition: ${asked.slice(0, 256)}, ${what} in object meta: ${found}`);
}

export function uidMismatch(asked: string, found: string): string {
  return `the UID in the precondition (${asked.slice(0, 256)}) does not match the UID in record (${found}). The object might have been deleted and then recreated`;
}

export function versionMismatch(asked: string, found: string): string {
  return `the ResourceVersion in the precondition (${asked.slice(0, 64)}) does not match the ResourceVersion in record (${found}). The object might have been modified`;
}

/** The same, said of the kind: what the preconditions of a delete refuse (A59). */
export function conflictOnKind(kind: AnyKind, name: string, why: string): ApiError {
  return new ApiError(failure(409, 'Conflict', `Operation cannot be fulfilled on ${qualifiedKind(kind)} "${name}": ${why}`, { ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.kind, name }));
}

/** Every bad field as a cause; equal ones once, beyond 100 only their number (A6). */
export function invalid(kind: AnyKind, name: string, causes: readonly StatusCause[]): ApiError {
  return invalidAs(qualifiedKind(kind), kind.group, kind.kind, name, causes);
}

/** An update that says no version, of a kind that wants one: told of the resource, not of the kind (A32). */
export function versionNeeded(kind: AnyKind, name: string): ApiError {
  return invalidAs(qualifiedResource(kind), kind.group, kind.plural, name, [invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')]);
}

export function invalidScale(name: string, causes: readonly StatusCause[]): ApiError {
  return invalidAs('Scale.autoscaling', 'autoscaling', 'Scale', name, causes);
}

/** Bad options of a request; `what` is `ListOptions`, `PatchOptions`, `DeleteOptions` or `CreateOptions`. */
export function invalidOptions(what: string, causes: readonly StatusCause[]): ApiError {
  return invalidAs(`${what}.meta.k8s.io`, 'meta.k8s.io', what, '', causes);
}

function invalidAs(qualified: string, group: string, kind: string, name: string, causes: readonly StatusCause[]): ApiError {
  const kept = joined(causes);
  const body = kept.length === 1 ? causeText(kept[0]) : `[${kept.map(causeText).join(', ')}]`;
  return new ApiError(failure(422, 'Invalid', `${qualified} "${name}" is invalid: ${body}`, { ...(group === '' ? {} : { group }), kind, ...(name === '' ? {} : { name }), causes: kept }));
}

/** Limits lists that may have been limited before: their counts are added, not counted as errors (A6). */
function joined(causes: readonly StatusCause[]): readonly StatusCause[] {
  let uncounted = 0;
  const fields = causes.filter(({ field, message }) => {
    const rest = field === undefined ? countOfMore.exec(message)?.[1] : undefined;
    uncounted += Number(rest ?? 0);
    return rest === undefined;
  });
  const kept = limited(fields);
  if (uncounted === 0) return kept;
  const more = uncounted + Math.max(0, fields.length - causeLimit);
  return [...kept.slice(0, causeLimit), { reason: 'FieldValueInvalid', message: `and ${String(more)} more errors` }];
}

/** As `limited` writes it. */
const countOfMore = /^and (\d+) more errors$/;

function causeText(cause: StatusCause | undefined): string {
  if (cause === undefined) return '';
  return cause.field === undefined || cause.field === '' ? cause.message : `${cause.field}: ${cause.message}`;
}

export function badRequest(message: string, options: ErrorOptions = {}): ApiError {
  return new ApiError(failure(400, 'BadRequest', message), options);
}

export function forbidden(kind: AnyKind, name: string, why: string, causes: readonly StatusCause[] = []): ApiError {
  const details = causes.length === 0 ? resourceDetails(kind, name) : { ...resourceDetails(kind, name), causes };
  return new ApiError(failure(403, 'Forbidden', `${qualifiedResource(kind)} "${name}" is forbidden: ${why}`, details));
}

export function expired(message: string, token?: string): ApiError {
  const status = failure(410, 'Expired', message);
  return new ApiError(token === undefined ? status : Object.freeze({ ...status, metadata: { continue: token } }));
}

export function unsupportedMediaType(message: string, options: ErrorOptions = {}): ApiError {
  return new ApiError(failure(415, 'UnsupportedMediaType', message), options);
}

export function methodNotAllowed(kind: AnyKind, verb: string, subresource?: string): ApiError {
  const resource = subresource === undefined ? qualifiedResource(kind) : `${qualifiedResource(kind)}/${subresource}`;
  return new ApiError(failure(405, 'MethodNotAllowed', `${verb} is not supported on resources of kind "${resource}"`, { ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural }));
}

export function tooLarge(message: string, options: ErrorOptions = {}): ApiError {
  return new ApiError(failure(413, 'RequestEntityTooLarge', message), options);
}

/** A version from the future did not come within the wait (A21). */
export function futureVersion(wanted: bigint, current: bigint): ApiError {
  const why = `Too large resource version: ${wanted.toString()}, current: ${current.toString()}`;
  return new ApiError(failure(504, 'Timeout', `Timeout: ${why}`, { causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }], retryAfterSeconds: 1 }));
}

export function timedOut(why: string): ApiError {
  return new ApiError(failure(504, 'Timeout', `Timeout: ${why}`));
}

export function internal(why: string, options: ErrorOptions = {}): ApiError {
  return new ApiError(failure(500, 'InternalError', `Internal error occurred: ${why}`, { causes: [{ reason: 'UnexpectedServerResponse', message: why }] }), options);
}

/** A stored value that does not decode, with what the codec said of it (B100). */
export function unreadable(key: string, corrupt: Error): ApiError {
  const { cause } = corrupt;
  return internal(`the value at ${key} cannot be read: ${corrupt.message}${cause instanceof SetpointError ? `: ${cause.message}` : ''}`, { cause: corrupt });
}

export function resourceDetails(kind: AnyKind, name: string): StatusDetails {
  return { ...(kind.group === '' ? {} : { group: kind.group }), kind: kind.plural, name };
}

/** What the store threw, as the api's answer. A lost answer stays what it is (A7), and so does the caller's own abort. */
export function fromStore(thrown: unknown, key?: string): Error {
  const error = toError(thrown);
  if (error instanceof ApiError || error instanceof Aborted || !(error instanceof SetpointError)) return error;
  const options = { cause: error };
  switch (error.code) {
    case 'UnknownOutcome':
    case 'Disposed':
    case 'Closed':
      return error;
    case 'Fenced':
      return new ApiError(failure(409, 'Fenced', `the write was fenced: ${error.message}`), { ...options, hint: 'the term that made this write is over; a newer leader works now' });
    case 'TooLarge':
      return tooLarge(`Request entity too large: ${error.message}`, options);
    case 'NoSpace':
      return new ApiError(failure(503, 'ServiceUnavailable', 'the store is full: nothing but deletes and renewals is written', { causes: [{ reason: 'StoreFull', message: error.message }], retryAfterSeconds: 10 }), options);
    case 'PermissionDenied':
    case 'Unauthenticated':
      return internal(`the store refused the api's credentials${key === undefined ? '' : ` for ${key}`}`, options);
    case 'TooManyRequests':
      return new ApiError(failure(429, 'TooManyRequests', error.message, { retryAfterSeconds: 1 }), options);
    case 'Unavailable':
      return new ApiError(failure(503, 'ServiceUnavailable', `the store is away: ${error.message}`, { retryAfterSeconds: 1 }), options);
    default:
      return internal(error.message, options);
  }
}

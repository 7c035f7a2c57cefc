import { forbidden, invalid, notSupported, required, tooLong } from '../../resource/validation/causes.js';
import type { StatusCause } from '../../resource/status.js';
import type { DeleteParams, Patch, WriteParams } from '../api.js';
import { badRequest, invalidOptions } from '../refusals.js';
import { parseRevision } from '../read/revision.js';

/** Who a write is by when nothing is said (A53). */
export const defaultManager = 'setpoint';

const longestManager = 128;
/** Beyond this a deletion time leaves the range of dates that all readers share (B47). */
const longestGraceSeconds = 2 ** 31 - 1;
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u;

/** @throws ApiError 422 for options that are none (A48, A64, A86, A92) */
export function checkWriteOptions(what: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions', params: WriteParams): void {
  const causes = [...dryRunCauses(params.dryRun), ...fieldValidationCauses(params.fieldValidation), ...managerCauses(params.fieldManager)];
  if (causes.length > 0) throw invalidOptions(what, causes);
}

/** @throws ApiError 422 (A47, A48) */
export function checkPatchOptions(patch: Patch, params: WriteParams): void {
  const causes: StatusCause[] = [];
  // Past the types a caller may send it with any patch.
  const { force } = patch as { readonly force?: boolean };
  if (patch.type === 'apply') {
    if (!params.fieldManager) causes.push(required('fieldManager', 'is required for apply patch'));
  } else if (force !== undefined) {
    causes.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (causes.length > 0) throw invalidOptions('PatchOptions', causes);
  checkWriteOptions('PatchOptions', params);
}

/** @throws ApiError 422, 400 (A59, A61, A64, B46, B47) */
export function checkDeleteOptions(params: DeleteParams & { readonly orphanDependents?: unknown }): void {
  checkWriteOptions('DeleteOptions', params);
  const { propagationPolicy: policy, gracePeriodSeconds: grace, preconditions } = params;
  const causes: StatusCause[] = [];
  if (policy !== undefined && params.orphanDependents !== undefined) causes.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  if (policy !== undefined && !['Background', 'Foreground', 'Orphan'].includes(policy)) causes.push(notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']));
  if (grace !== undefined) {
    if (typeof grace !== 'number' || !Number.isInteger(grace)) throw badRequest('gracePeriodSeconds: must be a whole number of seconds');
    if (grace > longestGraceSeconds) causes.push(invalid('gracePeriodSeconds', grace, `must be at most ${String(longestGraceSeconds)}`));
  }
  if (causes.length > 0) throw invalidOptions('DeleteOptions', causes);
  parseRevision(preconditions?.resourceVersion);
}

function dryRunCauses(dryRun: unknown): StatusCause[] {
  return dryRun === undefined || typeof dryRun === 'boolean' ? [] : [notSupported('dryRun', Array.isArray(dryRun) ? dryRun[0] : dryRun, ['All'])];
}

function fieldValidationCauses(directive: unknown): StatusCause[] {
  return directive === undefined || ['', 'Ignore', 'Warn', 'Strict'].includes(directive as string) ? [] : [notSupported('fieldValidation', directive, ['', 'Ignore', 'Strict', 'Warn'])];
}

function managerCauses(manager: unknown): StatusCause[] {
  if (manager === undefined) return [];
  if (typeof manager !== 'string') return [invalid('fieldManager', manager, 'should be a string')];
  if (manager.length > longestManager) return [tooLong('fieldManager', longestManager)];
  const at = Array.from(manager).findIndex((character) => !printable.test(character));
  if (at < 0) return [];
  const code = (manager.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return [invalid('fieldManager', manager, `invalid character U+${code} (at position ${String(at)})`)];
}

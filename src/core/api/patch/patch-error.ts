import { SetpointError, type ErrorOptions } from '../../runtime/errors.js';

/** Why a patch could not be done, and so how the api answers. Rules: A42, A43. */
export type PatchFault =
  /** 400: the patch itself is no patch. */
  | 'PatchMalformed'
  /** 413: more operations than the limit. */
  | 'PatchTooLarge'
  /** 422: well formed, but it does not fit this object (missing path, failed test, copies too large). */
  | 'PatchNotApplicable';

/** A patch that was refused; the object is unchanged. */
export class PatchError extends SetpointError {
  declare readonly code: PatchFault;

  constructor(fault: PatchFault, message: string, options: ErrorOptions = {}) {
    super(fault, message, options);
  }
}

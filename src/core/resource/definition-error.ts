import { SetpointError, type ErrorOptions } from '../runtime/errors.js';

/** A schema or kind that cannot be; thrown where it is written, before any effect. Rules: B72–B77. */
export class DefinitionError extends SetpointError {
  /** What it was found in: `t.String`, `Site: spec.replicas`. */
  readonly where: string;

  constructor(where: string, message: string, options: ErrorOptions = {}) {
    super('DefinitionError', `${where}: ${message}`, options);
    this.where = where;
  }
}

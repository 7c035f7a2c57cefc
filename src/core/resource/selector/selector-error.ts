import { SetpointError } from '../../runtime/errors.js';

/** Requirements of a selector, and values of one requirement (B68). */
export const selectorLimit = 10_000;

/** A selector that does not follow its grammar, or asks for a field that cannot be selected: 400 from the API. Rules: A82, A84, B67 */
export class SelectorError extends SetpointError {
  constructor(message: string) {
    super('SelectorError', message);
  }
}

import { SetpointError } from './errors.js';

/** The end of an exhaustive switch: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new SetpointError('Unreachable', `unexpected value ${String(value)}`);
}

/** Protects a rule of the contracts: a false `condition` is a bug of setpoint's, never of its user's. */
export function invariant(condition: boolean, rule: string, detail: string): asserts condition {
  if (!condition) throw new SetpointError('Invariant', `rule ${rule} is broken: ${detail}`);
}

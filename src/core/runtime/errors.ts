/** Options of every error class: what caused it, and what the reader can do. */
export interface ErrorOptions {
  readonly cause?: unknown;
  readonly hint?: string;
}

/** Base of every error that setpoint throws. `code` is stable; `hint` says what to do. */
export class SetpointError extends Error {
  readonly code: string;
  readonly hint?: string;

  constructor(code: string, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    if (options.hint !== undefined) this.hint = options.hint;
  }
}

/** One bad value of a configuration. */
export interface ConfigProblem {
  readonly path: string;
  readonly message: string;
}

/** Wrong use found before anything started; lists every problem at once. Rules: B77, B89. */
export class ConfigError extends SetpointError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], options: ErrorOptions & { readonly code?: string } = {}) {
    super(options.code ?? 'ConfigError', problems.map((p) => (p.path === '' ? p.message : `${p.path}: ${p.message}`)).join('; '), options);
    this.problems = problems;
  }
}

/** A call on something that was stopped. */
export class Disposed extends SetpointError {
  constructor(what: string) {
    super('Disposed', `${what} was stopped`);
  }
}

/** The caller's signal ended the call before anything was sent. */
export class Aborted extends SetpointError {
  readonly retryable = false;
  readonly applied = 'no';

  constructor(what: string, options: ErrorOptions = {}) {
    super('Aborted', `${what} was aborted`, options);
  }
}

/**
 * A write whose answer was lost: it may have been applied or not. Never retried blindly.
 * Rules: S56, A7, R22.
 */
export class UnknownOutcome extends SetpointError {
  readonly retryable = false;
  readonly applied = 'unknown';

  constructor(what: string, options: ErrorOptions = {}) {
    super('UnknownOutcome', `${what}: the answer was lost, the write may have been applied or not`, {
      hint: 'read the object to learn what happened; do not repeat the write blindly',
      ...options,
    });
  }
}

/** Any thrown value as an Error; a thrown non-Error is wrapped (R25). */
export function toError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  return new SetpointError('NonErrorThrown', `a value that is no Error was thrown: ${describe(thrown)}`, { cause: thrown });
}

function describe(value: unknown): string {
  try {
    return String(value).slice(0, 1_000);
  } catch {
    return typeof value;
  }
}

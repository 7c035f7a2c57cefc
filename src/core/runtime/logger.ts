import { token } from './token.js';

/** A constant sentence and fields. */
export interface Logger {
  debug(msg: string, fields?: object): void;
  info(msg: string, fields?: object): void;
  warn(msg: string, fields?: object): void;
  error(msg: string, fields?: object): void;
}
/** Asks for the app's logger: `.inject(Logger)`. Always bound. */
export const Logger = token<Logger>('Logger');

/** Keeps nothing. */
export const silent: Logger = Object.freeze({ debug() {}, info() {}, warn() {}, error() {} });

/** A logger that adds `fields` to every line. */
export function withFields(log: Logger, fields: object): Logger {
  if (log === silent) return silent;
  return {
    debug: (msg, more) => { log.debug(msg, { ...fields, ...more }); },
    info: (msg, more) => { log.info(msg, { ...fields, ...more }); },
    warn: (msg, more) => { log.warn(msg, { ...fields, ...more }); },
    error: (msg, more) => { log.error(msg, { ...fields, ...more }); },
  };
}

import { setMaxListeners } from 'node:events';

/**
 * A controller whose signal many calls listen to at once: of an app, a part, a node. Node warns of a leak from 11
 * listeners on, and here more are the rule; each listener goes with its call.
 */
export function longLived(): AbortController {
  const control = new AbortController();
  setMaxListeners(0, control.signal);
  return control;
}

import { SetpointError } from '../runtime/errors.js';

/** `settled()` gave up: what was still going on. */
export class NotSettled extends SetpointError {
  constructor(ms: number, busy: readonly string[]) {
    super('NotSettled', `the app did not settle within ${ms} ms: ${busy.length === 0 ? 'objects kept changing' : `${busy.join(', ')} still had work`}`, { hint: 'look at app.events$ for what keeps it busy' });
  }
}

/** `app.of(x)` or `app.remove(x)` for a part that does not run here. */
export class UnknownPart extends SetpointError {
  constructor(name: string, known: readonly string[]) {
    super('UnknownPart', `${name} does not run in this app`, { hint: `running: ${known.join(', ') || 'nothing'}` });
  }
}

/** One operation of a history: when it was asked and answered, and what it does to the state. */
export interface Operation<S> {
  readonly calledAt: number;
  /** Infinity: it was never answered, and may have happened at any time since, or not at all. */
  readonly returnedAt: number;
  /** The state after it, from this one; undefined: with what it answered it cannot have happened here. */
  step(state: S): S | undefined;
}

interface Entry {
  readonly operation: number;
  readonly isReturn: boolean;
  readonly at: number;
  previous: Entry | undefined;
  next: Entry | undefined;
  /** Of a call: its return, where there is one. */
  match: Entry | undefined;
}

/**
 * Whether the operations can be put in one order, each between its call and its return, in which every answer is right.
 * The search of Wing and Gong, with Lowe's memory of the sets and states that were tried. States are compared as text.
 */
export function isLinearizable<S>(operations: readonly Operation<S>[], initial: S): boolean {
  const head = listOf(operations);
  const done = new Set<number>();
  const tried = new Set<string>();
  const path: { readonly entry: Entry; readonly state: S }[] = [];
  let unanswered = operations.filter(({ returnedAt }) => returnedAt !== Infinity).length;
  let state = initial;
  let entry = head.next;
  while (unanswered > 0) {
    if (!entry) return false;
    if (entry.isReturn) {
      // It was answered before now, and could not be placed: what was placed last is wrong.
      const last = path.pop();
      if (!last) return false;
      state = last.state;
      done.delete(last.entry.operation);
      putBack(last.entry);
      if (last.entry.match) unanswered++;
      entry = last.entry.next;
      continue;
    }
    const after = (operations[entry.operation] as Operation<S>).step(state);
    if (after !== undefined && isNew(tried, done, entry.operation, after)) {
      path.push({ entry, state });
      state = after;
      done.add(entry.operation);
      takeOut(entry);
      if (entry.match) unanswered--;
      entry = head.next;
    } else entry = entry.next;
  }
  return true;
}

function isNew(tried: Set<string>, done: ReadonlySet<number>, operation: number, state: unknown): boolean {
  const key = `${[...done, operation].sort((a, b) => a - b).join(',')} ${JSON.stringify(state)}`;
  if (tried.has(key)) return false;
  tried.add(key);
  return true;
}

/** All calls and returns by time; of two at one time the call comes first, which allows more. */
function listOf(operations: readonly Operation<unknown>[]): Entry {
  const entries = operations.flatMap(({ calledAt, returnedAt }, operation) => {
    const call = entryOf(operation, false, calledAt);
    if (returnedAt === Infinity) return [call];
    call.match = entryOf(operation, true, returnedAt);
    return [call, call.match];
  });
  entries.sort((a, b) => a.at - b.at || Number(a.isReturn) - Number(b.isReturn));
  const head = entryOf(-1, false, -Infinity);
  let last = head;
  for (const entry of entries) {
    last.next = entry;
    entry.previous = last;
    last = entry;
  }
  return head;
}

function entryOf(operation: number, isReturn: boolean, at: number): Entry {
  return { operation, isReturn, at, previous: undefined, next: undefined, match: undefined };
}

function takeOut(call: Entry): void {
  unlink(call);
  if (call.match) unlink(call.match);
}

function putBack(call: Entry): void {
  if (call.match) link(call.match);
  link(call);
}

function unlink(entry: Entry): void {
  if (entry.previous) entry.previous.next = entry.next;
  if (entry.next) entry.next.previous = entry.previous;
}

function link(entry: Entry): void {
  if (entry.previous) entry.previous.next = entry;
  if (entry.next) entry.next.previous = entry;
}

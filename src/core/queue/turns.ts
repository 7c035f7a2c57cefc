import type { Entry, Flow } from './entry.js';
import { Line } from './line.js';

/** Gives stamps that no two slots of one queue share. */
export interface Stamps {
  last: number;
}

/** Flows that were never served come before all others, in the order in which they came. */
const neverServed = -(2 ** 50);

/** The ready keys, and which of them is next. Rules: Q13–Q17. */
export class Turns<K> {
  private readonly flows = new Map<string, Flow<K>>();
  private readonly waiting = new Line<Flow<K>>();
  private readonly sole: Flow<K> | undefined;
  private starts = 0;
  private arrivals = 0;
  private ready = 0;

  /** Without `flowOf` all keys are in one flow, and no flow is kept in order. */
  constructor(private readonly flowOf: ((key: K) => string) | undefined, private readonly ageing: number, private readonly stamps: Stamps) {
    this.sole = flowOf === undefined ? createFlow('', 0) : undefined;
  }

  get depth(): number { return this.ready; }
  get flowCount(): number { return this.flows.size; }
  get deadSlots(): number {
    let dead = this.waiting.dead + (this.sole?.ready.dead ?? 0);
    for (const flow of this.flows.values()) dead += flow.ready.dead;
    return dead;
  }

  /** The flow of a key that enters the queue. Each `enter` has its `leave`. */
  enter(key: K): Flow<K> {
    if (this.sole !== undefined || this.flowOf === undefined) return this.sole as Flow<K>; // one is there exactly when the other is not
    const id = this.flowOf(key);
    let flow = this.flows.get(id);
    if (flow === undefined) this.flows.set(id, flow = createFlow(id, neverServed + ++this.arrivals));
    flow.members++;
    return flow;
  }

  leave(flow: Flow<K>): void {
    if (this.sole === undefined && --flow.members === 0) this.flows.delete(flow.id);
  }

  push(entry: Entry<K>): void {
    this.ready++;
    const virtualTime = this.ageing === Infinity ? -entry.priority : entry.at - entry.priority * this.ageing;
    entry.flow.ready.push(entry, virtualTime, entry.sequence, ++this.stamps.last);
    if (this.sole === undefined && entry.flow.slot === 0) this.place(entry.flow);
  }

  remove(entry: Entry<K>): void {
    this.ready--;
    const { flow } = entry;
    flow.ready.remove(entry);
    if (this.sole === undefined && flow.ready.size === 0) this.waiting.remove(flow);
  }

  /** The next key to start: of the flow with the fewest in flight, then served longest ago. */
  pop(): Entry<K> | undefined {
    if (this.sole !== undefined) {
      const next = this.sole.ready.pop();
      if (next !== undefined) this.ready--;
      return next;
    }
    const flow = this.waiting.pop();
    if (flow === undefined) return undefined;
    flow.inFlight++;
    flow.served = ++this.starts;
    this.ready--;
    const entry = flow.ready.pop();
    if (flow.ready.size > 0) this.place(flow);
    return entry;
  }

  finished(flow: Flow<K>): void {
    if (this.sole !== undefined) return;
    flow.inFlight--;
    if (flow.slot === 0) return;
    this.waiting.remove(flow);
    this.place(flow);
  }

  private place(flow: Flow<K>): void {
    this.waiting.push(flow, flow.inFlight, flow.served, ++this.stamps.last);
  }
}

function createFlow<K>(id: string, served: number): Flow<K> {
  return { slot: 0, first: 0, second: 0, id, ready: new Line<Entry<K>>(), inFlight: 0, served, members: 0 };
}

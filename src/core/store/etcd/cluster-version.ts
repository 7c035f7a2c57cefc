import { sleep } from '../../runtime/clock.js';
import { toError } from '../../runtime/errors.js';
import type { Runtime } from '../../runtime/runtime.js';
import { Corrupt } from '../errors.js';
import type { Calls } from './calls.js';
import type { Endpoints } from './endpoints.js';
import { methods } from './methods.js';
import { assessAll, type Assessment } from './server-version.js';

/** A member that joined is known well within the 10 s of the rule. */
const lookEveryMs = 5_000;

/** What a cluster says of itself (S80). */
export interface Alarms {
  readonly corrupt: boolean;
  readonly full: boolean;
}

export interface MembersFollower {
  /** What is left now that a member of another version is there (S84). */
  joined(assessment: Assessment): void;
  alarmed(alarms: Alarms): void;
}

/** As little as can be relied on. */
const unsafe: Assessment = { progress: false, losesDeletes: true, warnings: [] };

/** What may be asked of the members behind the endpoints: what each of them can do. Rules: S81–S84. */
export class ClusterVersion {
  readonly #endpoints: Endpoints;
  readonly #calls: Calls;
  readonly #runtime: Runtime;
  readonly #allowUnsafe: boolean;
  readonly #versions = new Set<string>();

  constructor(endpoints: Endpoints, calls: Calls, runtime: Runtime, allowUnsafe: boolean) {
    this.#endpoints = endpoints;
    this.#calls = calls;
    this.#runtime = runtime;
    this.#allowUnsafe = allowUnsafe;
  }

  /** @throws UnsafeServer, Corrupt, Unavailable when no member answers */
  async inspect(): Promise<Assessment> {
    const answers = await this.#ask();
    const known = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (known.length === 0 && failed) throw failed.reason as Error;
    if (known.some(({ errors }) => errors.some(isCorrupt))) throw new Corrupt();
    return this.#assess(known.map(({ version }) => version));
  }

  /** Looks again every few seconds, until the signal. */
  async follow(follower: MembersFollower, signal: AbortSignal): Promise<void> {
    const { clock } = this.#runtime;
    for (;;) {
      await sleep(clock, lookEveryMs, signal).catch(() => { /* stopped: the loop ends */ });
      if (signal.aborted) return;
      const known = (await this.#ask()).flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
      if (signal.aborted || known.length === 0) continue;
      const alarms = known.flatMap(({ errors }) => errors);
      follower.alarmed({ corrupt: alarms.some(isCorrupt), full: alarms.some((alarm) => alarm.includes('NOSPACE')) });
      const versions = known.map(({ version }) => version).filter((version) => !this.#versions.has(version));
      if (versions.length > 0) follower.joined(this.#assessJoined(versions));
    }
  }

  #assessJoined(versions: readonly string[]): Assessment {
    try {
      return this.#assess(versions);
    } catch (error) {
      // Those who use the store already cannot be refused any more.
      this.#runtime.log.error('a member of etcd is not safe to use', { versions, reason: toError(error).message });
      return unsafe;
    }
  }

  #ask() {
    return Promise.allSettled(this.#endpoints.all.map((endpoint) => this.#calls.ask(endpoint, 'status', methods.status, {})));
  }

  /** Of members with these versions; warns of those not seen before, in one line (S82). @throws UnsafeServer */
  #assess(versions: readonly string[]): Assessment {
    for (const version of versions) this.#versions.add(version);
    const assessment = assessAll(versions, this.#allowUnsafe);
    if (assessment.warnings.length > 0) this.#runtime.log.warn('the version of etcd has known faults; update it', { version: [...new Set(versions)].join(', '), faults: assessment.warnings });
    return assessment;
  }
}

function isCorrupt(alarm: string): boolean {
  return alarm.includes('CORRUPT');
}

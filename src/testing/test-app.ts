import { ConfigError, type App, type Runnable, type RunOptions } from '../core/index.js';
import { Clock, provide, Random, run } from '../index.js';
import { splitArguments } from '../core/manager/run.js';
import { keyedRandom } from '../core/runtime/random.js';
import { virtualClock, type VirtualClock } from '../core/runtime/virtual-clock.js';
import { driveTo } from './drive.js';

/** An app whose time stands still until it is moved. */
export interface TestApp extends App {
  /** Moves the virtual clock by `ms`; fires what falls due. */
  advance(ms: number): Promise<void>;
  /** Virtual monotonic milliseconds. */
  readonly now: number;
}

/** Options of `run()` that reach out of the process, which a test app does not. */
const outside = ['cluster', 'http', 'signals'] as const;

/**
 * `run()` in memory under a virtual clock: nothing waits for real time. Its randomness is the same at every start.
 * `settled()` moves time only as far as back-offs and delays of writes need; delays that a controller asked for need `advance`.
 * Starting and stopping move time by themselves where they must.
 *
 * @throws ConfigError for options that reach out of the process, and all that `run()` throws
 */
export function testApp(...parts: readonly Runnable[]): Promise<TestApp>;
export function testApp(...args: readonly [...parts: Runnable[], options: RunOptions]): Promise<TestApp>;
export async function testApp(...args: readonly (Runnable | RunOptions)[]): Promise<TestApp> {
  const { parts, options } = splitArguments(args);
  const reaching = outside.filter((field) => options[field] !== undefined && options[field] !== false);
  if (reaching.length > 0) throw new ConfigError(reaching.map((path) => ({ path, message: 'a test app stays in the process' })), { hint: 'use run() for this' });
  const clock = virtualClock();
  const services = [provide(Clock, clock), provide(Random, keyedRandom(1)), ...(options.services ?? [])];
  return underClock(await driveTo(clock, run(...parts, { ...options, services })), clock);
}

function underClock(app: App, clock: VirtualClock): TestApp {
  const stop: App['stop'] = (o) => driveTo(clock, app.stop(o));
  return Object.defineProperties(Object.create(app) as TestApp, {
    advance: { value: (ms: number) => clock.advance(ms) },
    now: { get: () => clock.now() },
    settled: { value: (o?: Parameters<App['settled']>[0]) => driveTo(clock, app.settled(o)) },
    add: { value: (part: Runnable) => driveTo(clock, app.add(part)) },
    remove: { value: (part: Runnable | string) => driveTo(clock, app.remove(part)) },
    stop: { value: stop },
    [Symbol.asyncDispose]: { value: async () => { await stop(); } },
  });
}

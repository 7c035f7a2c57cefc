import type { NodeInfo } from '../state/node-info.js';
import { PluginContractError, PluginFailed, shown, statusOf } from '../status.js';
import type { Attempt } from './attempt.js';
import { isPromise } from './call-scope.js';
import type { LoadedPlugin } from './loaded-plugin.js';
import { maxScore, normalize } from './normalize.js';
import { toError } from '../../core/index.js';
import type { Awaitable } from '../plugin.js';

/** What one plugin said of each node, by index; undefined where a fixed score stands in for a failed call. */
export interface PluginScores {
  readonly plugin: string;
  readonly weight: number;
  readonly raw: readonly (number | undefined)[];
  readonly normalized: readonly number[];
}

/** All scores of one attempt. */
export interface Scores {
  readonly nodes: readonly NodeInfo[];
  readonly plugins: readonly PluginScores[];
  /** Σ normalized · weight, by index. */
  readonly totals: readonly number[];
}

/** Runs PreScore, Score, NormalizeScore and weighs. Rules: K6, K11–K13, K113, K114. */
export async function scoreNodes(attempt: Attempt, feasible: readonly NodeInfo[]): Promise<Scores> {
  const nodes = Object.freeze([...feasible]);
  for (const plugin of attempt.profile.at('preScore')) {
    const ctx = attempt.nodesContext(plugin, nodes);
    const answer = await attempt.settled(attempt.call(plugin, 'preScore', () => plugin.points.preScore?.(ctx)));
    if (statusOf(plugin.name, 'preScore', answer).code === 'Skip') attempt.withoutScore.add(plugin);
  }
  const plugins: PluginScores[] = [];
  const totals = nodes.map(() => 0);
  for (const plugin of attempt.profile.scorers) {
    if (attempt.withoutScore.has(plugin)) continue;
    const scores = await scoresOf(attempt, plugin, nodes);
    attempt.check();
    if (!scores) continue;
    plugins.push(scores);
    scores.normalized.forEach((score, i) => { totals[i] = (totals[i] ?? 0) + score * plugin.weight; });
  }
  return { nodes, plugins, totals };
}

/** Undefined: the plugin adds nothing in this attempt. */
async function scoresOf(attempt: Attempt, plugin: LoadedPlugin, nodes: readonly NodeInfo[]): Promise<PluginScores | undefined> {
  const { clock } = attempt.ports;
  if (plugin.circuit.isOpen(clock.now())) {
    return instead(plugin, nodes.map(() => new PluginFailed(plugin.name, 'score', 'is left alone for a while, after failing again and again,')), nodes);
  }
  const answers = await rawScores(attempt, plugin, nodes);
  const failure = answers.find((answer) => answer instanceof Error);
  if (!failure) {
    plugin.circuit.succeeded();
    return combined(plugin, answers as readonly number[], nodes);
  }
  attempt.check(); // the pod is gone: no fault of the plugin's
  plugin.circuit.failed(clock.now());
  if (plugin.onFailure !== 'fail') attempt.ports.pluginFault(plugin.name, failure, attempt.pod);
  return instead(plugin, answers, nodes);
}

/** What stands in for failed calls. Rule: K114. */
function instead(plugin: LoadedPlugin, answers: readonly (number | Error)[], nodes: readonly NodeInfo[]): PluginScores | undefined {
  const { onFailure } = plugin;
  if (onFailure === 'skip') return undefined;
  if (onFailure === 'fail') throw answers.find((answer) => answer instanceof Error) as Error;
  // Nodes whose call failed are left out of normalization, so that they do not bend the others' scores.
  const known = answers.flatMap((answer, i) => (answer instanceof Error ? [] : [i]));
  const scores = combined(plugin, known.map((i) => answers[i] as number), known.map((i) => nodes[i] as NodeInfo));
  const raw: (number | undefined)[] = nodes.map(() => undefined);
  const normalized = nodes.map(() => onFailure);
  known.forEach((i, k) => {
    raw[i] = scores.raw[k];
    normalized[i] = scores.normalized[k] as number;
  });
  return { ...scores, raw, normalized };
}

function combined(plugin: LoadedPlugin, raw: readonly number[], nodes: readonly NodeInfo[]): PluginScores {
  const normalized = normalize(plugin.normalization, raw);
  normalized.forEach((score, i) => {
    if (!(Number.isInteger(score) && score >= 0 && score <= maxScore)) {
      const name = nodes[i]?.name ?? '';
      throw new PluginContractError(plugin.name, 'score', `gave node ${name} the score ${score}, which is not in 0..100 after normalization,`, {
        hint: "give `normalize`, or raw scores from 0 to 100",
      });
    }
  });
  return { plugin: plugin.name, weight: plugin.weight, raw, normalized };
}

/** One answer for each node, in the order of nodes whatever the order of settling. Rules: K12, K113. */
async function rawScores(attempt: Attempt, plugin: LoadedPlugin, nodes: readonly NodeInfo[]): Promise<readonly (number | Error)[]> {
  const { points } = plugin;
  if (points.scoreAll) {
    const ctx = attempt.nodesContext(plugin, nodes);
    const all = await caught(async () => attempt.call(plugin, 'scoreAll', () => points.scoreAll?.(ctx)));
    if (all instanceof Error) return nodes.map(() => all);
    if (!Array.isArray(all) || all.length !== nodes.length) {
      return nodes.map(() => new PluginContractError(plugin.name, 'scoreAll', 'did not give one score for each node'));
    }
    return all.map((answer: unknown) => rounded(plugin, answer));
  }
  const { score } = points;
  const call = (i: number) => (score ? attempt.callOn(plugin, 'score', score, nodes[i] as NodeInfo) : 0);
  return collect(nodes.length, attempt.profile.parallelism, call, (answer) => rounded(plugin, answer));
}

/** Calls for 0..count−1, at most `limit` answers awaited at a time. Synchronous answers cost no turn of the loop. */
async function collect(count: number, limit: number, call: (i: number) => Awaitable<unknown>, then: (answer: unknown) => number | Error): Promise<readonly (number | Error)[]> {
  const results: (number | Error)[] = new Array<number | Error>(count);
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const i = next++;
      try {
        const answer = call(i);
        results[i] = then(isPromise(answer) ? await answer : answer);
      } catch (thrown) {
        results[i] = toError(thrown);
      }
    }
  };
  const workers: Promise<void>[] = [];
  while (workers.length < limit && next < count) workers.push(worker());
  await Promise.all(workers);
  return results;
}

/** Half up, once, before normalization. Rule: K12. */
function rounded(plugin: LoadedPlugin, answer: unknown): number | Error {
  if (typeof answer !== 'number' || !Number.isFinite(answer) || Math.abs(answer) >= 2 ** 63) {
    return new PluginContractError(plugin.name, 'score', `answered ${shown(answer)}, which is no score,`);
  }
  return Math.floor(answer + 0.5);
}

async function caught<T>(body: () => Promise<T>): Promise<T | Error> {
  try {
    return await body();
  } catch (thrown) {
    return toError(thrown);
  }
}

import { ConfigError, type ConfigProblem, type RunnableContext } from '../core/index.js';
import { loadInstance, loadPlugin, type LoadedPlugin } from './framework/loaded-plugin.js';
import { checkWeights, profile, type Profile } from './framework/profile.js';
import { Plugin, PluginRegistration, registrationOf, type PluginClass, type Registered, type SchedulerPlugin } from './plugin.js';
import type { Binder } from './plugins/default-binder.js';
import { defaultPlugins } from './plugins/defaults.js';

type PluginConstructor = new (...args: never) => PluginClass;

export interface SchedulerOptions {
  /** `spec.schedulerName` of the pods that it places; default 'default-scheduler'. */
  readonly name?: string;
  /** 0..100; 0: by the size of the cluster (K27). Default: all nodes (K28). */
  readonly percentageOfNodesToScore?: number;
  /** Decides ties (K32). Default: the app's. */
  readonly seed?: number;
  /** Default 'naive'. */
  readonly engine?: 'columnar' | 'naive' | 'check';
  readonly plugins?: readonly (SchedulerPlugin<unknown, 'ready'> | PluginConstructor)[];
  /** Names of default plugins to leave out. */
  readonly disable?: readonly string[];
  readonly weights?: { readonly [plugin: string]: number };
  /** A KubeSchedulerConfiguration, as object. */
  readonly config?: object;
  /** Asynchronous score calls under way at a time, for one pod (K113). Default 16. */
  readonly parallelism?: number;
  /** Pods that are bound at the same time (K2). Default 100. */
  readonly bindLimit?: number;
  /** Seconds; defaults 1 and 10 (K35). */
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
}

export const defaultName = 'default-scheduler';
const known = ['name', 'percentageOfNodesToScore', 'seed', 'engine', 'plugins', 'disable', 'weights', 'config', 'parallelism', 'bindLimit', 'podInitialBackoffSeconds', 'podMaxBackoffSeconds'];

/** Everything that is wrong with the options themselves, before anything starts. Rule: B89. @throws ConfigError */
export function checkOptions(o: SchedulerOptions): void {
  const problems: ConfigProblem[] = [];
  const problem = (path: string, message: string) => { problems.push({ path, message }); };
  for (const field of Object.keys(o)) if (!known.includes(field)) problem(field, `is no option of scheduler(); the options are ${known.join(', ')}`);
  const whole = (field: 'percentageOfNodesToScore' | 'parallelism' | 'bindLimit', least: number, most: number) => {
    const value = o[field];
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) problem(field, `must be a whole number from ${least} to ${most}, not ${String(value)}`);
  };
  whole('percentageOfNodesToScore', 0, 100);
  whole('parallelism', 1, 10_000);
  whole('bindLimit', 1, 1_000_000);
  const { podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: most = 10 } = o;
  if (!(initial > 0 && initial < Infinity)) problem('podInitialBackoffSeconds', `must be a number of seconds above 0, not ${String(initial)}`);
  if (!(most >= initial && most < Infinity)) problem('podMaxBackoffSeconds', `must be a number of seconds, at least podInitialBackoffSeconds, not ${String(most)}`);
  if (o.name !== undefined && (typeof o.name !== 'string' || o.name === '')) problem('name', 'must be a scheduler name');
  if (o.seed !== undefined && !Number.isSafeInteger(o.seed)) problem('seed', 'must be a whole number');
  if (o.engine !== undefined && o.engine !== 'naive') problem('engine', `'${o.engine}' is not available: the plugins are called one by one ('naive')`);
  if (o.config !== undefined) problem('config', 'a KubeSchedulerConfiguration is not read: give plugins, disable and weights');
  (o.plugins ?? []).forEach((plugin, i) => {
    if (!isClass(plugin) && !registrationOf(plugin)) problem(`plugins[${i}]`, 'is no plugin: use scorePlugin, filterPlugin, schedulerPlugin or a class');
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

/** The tokens that the given plugins inject, so that a missing service is found before anything starts. */
export function injectedBy(o: SchedulerOptions): readonly NonNullable<Registered['definition']['inject']>[number][] {
  return (o.plugins ?? []).flatMap((plugin) => registrationOf(plugin)?.definition.inject ?? []);
}

/** The default plugins, then those of the options, of the app's parts and of its modules. Rules: K109, K111. @throws ConfigError listing every problem */
export function loadProfile(o: SchedulerOptions, context: RunnableContext, binder: Binder): Profile {
  checkOptions(o);
  const problems: ConfigProblem[] = [];
  const own = ownPlugins(o, context, problems);
  const plugins = merged(o, own, context, binder, problems);
  for (const [name, weight] of Object.entries(o.weights ?? {})) {
    if (!plugins.some((plugin) => plugin.name === name)) problems.push({ path: `weights.${name}`, message: 'there is no plugin of this name' });
    else if (!(Number.isInteger(weight) && weight >= 1 && weight <= 2 ** 31 - 1)) problems.push({ path: `weights.${name}`, message: `must be a whole number from 1 to 2147483647, not ${String(weight)}` });
  }
  const made = profile({
    name: o.name ?? defaultName,
    plugins: plugins.map((plugin) => ({ ...plugin, weight: o.weights?.[plugin.name] ?? plugin.weight })),
    percentageOfNodesToScore: o.percentageOfNodesToScore ?? 100,
    parallelism: o.parallelism ?? 16,
    seed: o.seed ?? context.random.seed,
  });
  checkWeights(made.scorers, problems);
  if (made.at('bind').length === 0) problems.push({ path: 'disable', message: 'no plugin is left that binds pods' });
  if (problems.length > 0) throw new ConfigError(problems);
  return made;
}

function ownPlugins(o: SchedulerOptions, context: RunnableContext, problems: ConfigProblem[]): readonly LoadedPlugin[] {
  const loaded: (LoadedPlugin | undefined)[] = [];
  for (const plugin of o.plugins ?? []) {
    if (isClass(plugin)) loaded.push(loadInstance(instanceOf(plugin, context), problems));
    else loaded.push(loadPlugin(registrationOf(plugin) as Registered, false, context, problems)); // checked by checkOptions
  }
  for (const value of context.extensions()) if (value instanceof PluginRegistration) loaded.push(loadPlugin(value, false, context, problems));
  for (const instance of context.resolveAll(Plugin)) loaded.push(loadInstance(instance, problems));
  const names = new Set<string>();
  return loaded.filter((plugin): plugin is LoadedPlugin => {
    if (!plugin) return false;
    if (names.has(plugin.name)) problems.push({ path: `plugins.${plugin.name}`, message: 'two plugins have this name' });
    names.add(plugin.name);
    return true;
  });
}

/** A plugin with the name of a default one takes its place; the others come after them. */
function merged(o: SchedulerOptions, own: readonly LoadedPlugin[], context: RunnableContext, binder: Binder, problems: ConfigProblem[]): readonly LoadedPlugin[] {
  const defaults = defaultPlugins(binder);
  for (const name of o.disable ?? []) {
    if (!defaults.some((plugin) => plugin.name === name)) problems.push({ path: 'disable', message: `there is no default plugin ${name}; there are ${defaults.map((d) => d.name).join(', ')}` });
  }
  const byName = new Map(own.map((plugin) => [plugin.name, plugin]));
  const places = defaults.filter(({ name }) => !(o.disable ?? []).includes(name)).flatMap((definition) => {
    const replacement = byName.get(definition.name);
    if (!replacement) return loadPlugin({ definition, config: undefined, weight: undefined }, true, context, problems) ?? [];
    byName.delete(definition.name);
    context.log.info('a plugin replaces a default one', { plugin: definition.name });
    return replacement;
  });
  return [...places, ...byName.values()];
}

function isClass(plugin: unknown): plugin is PluginConstructor {
  return typeof plugin === 'function';
}

/** From the container, if it is bound there; one that needs nothing is made here. */
function instanceOf(made: PluginConstructor, context: RunnableContext): PluginClass {
  if (needsNothing(made)) return new made();
  // A class is a token for its instances; only its constructor's parameters are hidden from the option's type.
  return context.resolve(made as unknown as abstract new () => PluginClass);
}

function needsNothing(made: PluginConstructor): made is new () => PluginClass {
  return made.length === 0;
}

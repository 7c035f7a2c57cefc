import { InvalidArgumentError, Option, type Command } from 'commander';

/** What `npm start` was asked for (X1). */
export interface StartOptions {
  readonly example: string;
  readonly store: 'memory' | 'memory-dir' | 'etcd';
  /** With `memory-dir`, the folder; without one it is a temporary folder. */
  readonly dir: string | undefined;
  readonly endpoints: readonly string[] | undefined;
  readonly files: readonly string[] | undefined;
  readonly watch: boolean;
  readonly realTime: boolean;
  /** Undefined: the machine's own randomness. */
  readonly seed: number | undefined;
  readonly nodes: number | undefined;
  readonly pods: number | undefined;
  readonly json: string | undefined;
}

interface Parsed {
  readonly store: string;
  readonly endpoints?: string;
  readonly file?: readonly string[];
  readonly watch?: boolean;
  readonly realTime?: boolean;
  readonly seed?: number;
  readonly nodes?: number;
  readonly pods?: number;
  readonly json?: string;
}

/** Adds `start [example]` to the program. */
export function startCommand(program: Command, run: (options: StartOptions) => Promise<void>): void {
  program.command('start', { isDefault: true })
    .description('run an example cluster from its manifests to the last object deleted, and tell what happens')
    .argument('[example]', 'a folder of examples/', 'first-cluster')
    .addOption(new Option('--store <store>', 'where objects live: memory, memory-dir[=folder] to keep them on disk, or a real etcd that is started for the run').default('memory').argParser(storeOf))
    .option('--endpoints <urls>', 'a running etcd to use, with --store etcd; several with commas')
    .option('-f, --file <files...>', 'your own manifests (YAML) instead of the example\'s')
    .option('--watch', 'when everything is Ready, keep running until Ctrl-C')
    .option('--real-time', 'by the wall clock; otherwise time runs 20 times as fast')
    .option('--seed <n>', 'seed of names, delays and ties; 1 unless the store outlives the run, which must not see a name twice', whole(0))
    .option('--nodes <n>', 'so many hollow nodes instead of those in the manifests', whole(1))
    .option('--pods <n>', 'so many pods, shared among the applications', whole(1))
    .option('--json <file>', 'write the figures of the run as JSON')
    .action(async (example: string, parsed: Parsed) => { await run(optionsOf(example, parsed)); });
}

function optionsOf(example: string, parsed: Parsed): StartOptions {
  const endpoints = parsed.endpoints?.split(',').map((url) => url.trim()).filter((url) => url !== '');
  if (endpoints && parsed.store !== 'etcd') throw new UsageError('--endpoints goes with --store etcd');
  return {
    example, ...storeAndDir(parsed.store), endpoints, files: parsed.file, watch: parsed.watch ?? false, realTime: parsed.realTime ?? false,
    seed: parsed.seed ?? (endpoints || parsed.store.startsWith(dirPrefix) ? undefined : 1), nodes: parsed.nodes, pods: parsed.pods, json: parsed.json,
  };
}

/** Wrong use: one sentence, exit code 2. */
export class UsageError extends Error {}

const dirPrefix = 'memory-dir=';

function storeOf(value: string): string {
  if (value === 'memory-dir=') throw new InvalidArgumentError('the name of a folder belongs after memory-dir=');
  if (value === 'memory' || value === 'etcd' || value === 'memory-dir' || value.startsWith(dirPrefix)) return value;
  throw new InvalidArgumentError('the stores are memory, memory-dir[=folder] and etcd');
}

/** `storeOf` has checked the text. */
function storeAndDir(text: string): Pick<StartOptions, 'store' | 'dir'> {
  if (text === 'etcd') return { store: 'etcd', dir: undefined };
  if (text === 'memory') return { store: 'memory', dir: undefined };
  return { store: 'memory-dir', dir: text.startsWith(dirPrefix) ? text.slice(dirPrefix.length) : undefined };
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) throw new InvalidArgumentError(`must be a whole number of at least ${least}`);
    return value;
  };
}

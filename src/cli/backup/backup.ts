import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { backupStore, memory, restoreStore, systemClock, type Store } from '../../index.js';
import { UsageError } from '../start/options.js';

/** Where the commands write, and what ends them. */
export interface BackupPorts {
  readonly signal: AbortSignal;
  readonly write: (text: string) => void;
}

/** Adds `backup FILE` and `restore FILE` to the program. Rules: S88–S91. */
export function backupCommands(program: Command, ports: BackupPorts): void {
  program.command('backup')
    .description('write the whole of a store, at one revision, to a file with its checksum')
    .argument('<file>', 'the backup; it is there whole or not at all')
    .option('--dir <folder>', 'a store in a folder that no process has open')
    .option('--endpoints <urls>', 'an etcd; several URLs with commas')
    .action(async (file: string, from: { readonly dir?: string; readonly endpoints?: string }) => {
      const made = await backupStore(await storeOf(from), file, { signal: ports.signal });
      ports.write(`${file}: ${String(made.sizeBytes)} bytes\n`);
    });
  program.command('restore')
    .description('make a store in a new folder from a backup, or from a snapshot of etcd; watchers of the old one list again')
    .argument('<file>', 'the backup')
    .requiredOption('--dir <folder>', 'the new folder')
    .addHelpText('after', '\nInto an etcd, a snapshot of etcd is restored by etcd\'s own program:\n  etcdutl snapshot restore FILE --data-dir FOLDER --bump-revision 1000000000 --mark-compacted')
    .action(async (file: string, to: { readonly dir: string }) => {
      const made = await restoreStore({ from: file, dir: to.dir });
      ports.write(`${made.dir}: ${made.items} items, from revision ${String(made.backupRevision)} on to ${String(made.revision)}\n`);
    });
}

async function storeOf({ dir, endpoints }: { readonly dir?: string; readonly endpoints?: string }): Promise<Store> {
  if ((dir === undefined) === (endpoints === undefined)) throw new UsageError('say what to back up: --dir FOLDER or --endpoints URL');
  if (dir !== undefined) {
    // Opening would make an empty store, and its backup would look like one.
    if (!existsSync(dir)) throw new UsageError(`there is no folder ${dir}`);
    return memory({ dir });
  }
  const { etcd } = await import('../../core/store/etcd/index.js');
  return etcd((endpoints ?? '').split(',').map((url) => url.trim()), { clock: systemClock() });
}

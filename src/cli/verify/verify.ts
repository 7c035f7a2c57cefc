import type { Command } from 'commander';
import { systemClock, verifyStore, type VerifiedMember } from '../../index.js';

export interface VerifyPorts {
  readonly signal: AbortSignal;
  readonly write: (text: string) => void;
}

/** Adds `verify` to the program; `done` is told whether all members hold the same. Rule: S87. */
export function verifyCommand(program: Command, ports: VerifyPorts, done: (ok: boolean) => void): void {
  program.command('verify')
    .description('compare what the members of an etcd cluster hold')
    .requiredOption('--endpoints <urls>', 'all members; several URLs with commas')
    .action(async ({ endpoints }: { readonly endpoints: string }) => {
      const { etcd } = await import('../../core/store/etcd/index.js');
      const store = etcd(endpoints.split(',').map((url) => url.trim()), { clock: systemClock() });
      const { ok, revision, members } = await verifyStore(store, { signal: ports.signal });
      for (const member of members) ports.write(`${member.endpoint}: ${found(member)}\n`);
      ports.write(`${ok ? 'all members hold the same' : 'the members differ, or not all answered,'} at revision ${String(revision)}\n`);
      done(ok);
    });
}

function found({ hash, compactRevision, error }: VerifiedMember): string {
  return error ? error.message : `hash ${String(hash)}, compacted to ${String(compactRevision)}`;
}

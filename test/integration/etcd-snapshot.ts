import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { peerUrl, type EtcdPorts } from '../../src/cli/etcd-process.js';

const run = promisify(execFile);

/** How far etcd's own advice moves the revisions on. */
const bump = 1_000_000_000;

/** Whether the programs of etcd on this machine can move revisions on: etcdutl can, etcdctl of 3.4 cannot. */
export function movesRevisions(): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'etcdutl')));
}

/** Makes the data of one member from a snapshot, with etcd's own program, as its administrator would (S89). */
export async function restoreSnapshot({ from, dir, ports, bumped = movesRevisions() }: { readonly from: string; readonly dir: string; readonly ports: EtcdPorts; readonly bumped?: boolean }): Promise<void> {
  const peer = peerUrl(ports.peer);
  const how = bumped ? ['--bump-revision', String(bump), '--mark-compacted']
    // Another token makes another cluster: clients see that it is not the one that they knew.
    : ['--initial-cluster-token', 'restored'];
  await run(movesRevisions() ? 'etcdutl' : 'etcdctl', [
    'snapshot', 'restore', from, '--data-dir', dir, '--name', 'setpoint', '--initial-cluster', `setpoint=${peer}`, '--initial-advertise-peer-urls', peer, ...how,
  ], { env: { ...process.env, ETCDCTL_API: '3' } });
}

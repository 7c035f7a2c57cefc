import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { EtcdProcessError, startEtcd, type EtcdProcess, type EtcdProcessOptions } from '../../src/cli/etcd-process.js';

const run = promisify(execFile);

/** A real etcd for a test; installs Debian's package when the program is missing and this user may. */
export async function etcdForTests(options: EtcdProcessOptions = {}): Promise<EtcdProcess> {
  try {
    return await startEtcd(options);
  } catch (error) {
    if (!(error instanceof EtcdProcessError) || error.code !== 'EtcdMissing' || process.getuid?.() !== 0) throw error;
    await install();
    return startEtcd(options);
  }
}

async function install(): Promise<void> {
  // Run level 1 keeps Debian's scripts from starting the service that the package brings along.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  await run('apt-get', ['update'], { env }).catch(() => { /* old lists may do; the next step tells */ });
  await run('apt-get', ['install', '-y', '--no-install-recommends', 'etcd-server', 'etcd-client'], { env });
}

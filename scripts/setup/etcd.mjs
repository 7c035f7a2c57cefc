import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { runChild } from './child.mjs';
import { CommandError } from './command-error.mjs';

const programs = ['etcd', 'etcdctl'];
const packages = ['etcd-server', 'etcd-client'];
const advice = 'install etcd 3.4 or later (Debian packages etcd-server and etcd-client) so that `etcd` and `etcdctl` are on the PATH';

/** Installs the Debian packages of etcd when its programs are not on the PATH: the server, and the client that restores snapshots. No service is started. */
export async function ensureEtcd() {
  if (isReady()) return;
  if (!onPath('apt-get')) throw new CommandError(3, `etcd is missing and there is no apt-get here: ${advice}`);
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (asRoot.length > 0 && !(onPath('sudo') && (await run(['sudo', '-n', 'true'])).code === 0)) {
    throw new CommandError(3, `etcd is missing and may not be installed from here without a password: ${advice}`);
  }
  process.stderr.write(`setting up: installing the Debian packages ${packages.join(' and ')}\n`);
  const policy = noServices();
  try {
    const install = () => run([...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', `PATH=${policy}${delimiter}${process.env.PATH}`,
      'apt-get', '-o', `DPkg::Path=${policy}${delimiter}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`, 'install', '-y', '--no-install-recommends', ...packages]);
    const first = await install();
    if (first.code === 0 && isReady()) return;
    // A fresh machine has no package lists yet.
    const update = await run([...asRoot, 'apt-get', 'update']);
    const second = await install();
    if (second.code === 0 && isReady()) return;
    throw new CommandError(3, `${update.code === 0 ? second.output.trim() : update.output.trim()}\nthe Debian packages of etcd could not be installed: ${advice}`);
  } finally {
    await stopService(asRoot);
    rmSync(policy, { recursive: true, force: true });
  }
}

function isReady() {
  return programs.every(onPath);
}

export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, program)));
}

function run([program, ...args]) {
  return runChild(program, args, { quiet: true });
}

/** A folder whose systemctl and invoke-rc.d do nothing: the package would otherwise start a service that nobody asked for. */
function noServices() {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-install-'));
  for (const program of ['invoke-rc.d', 'deb-systemd-invoke']) writeFileSync(join(folder, program), '#!/bin/sh\nexit 0\n', { mode: 0o755 });
  return folder;
}

/** Where the package started it all the same. */
async function stopService(asRoot) {
  if (!existsSync('/run/systemd/system')) return;
  await run([...asRoot, 'systemctl', 'disable', '--now', 'etcd']);
}

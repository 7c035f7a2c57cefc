import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { runChild } from './child.mjs';
import { CommandError } from './command-error.mjs';

const advice = 'install etcd 3.4 or later (Debian package etcd-server) so that `etcd` is on the PATH';

/** Installs the Debian package etcd-server when no `etcd` is on the PATH. Its service is not started. */
export async function ensureEtcd() {
  if (onPath('etcd')) return;
  if (!onPath('apt-get')) throw new CommandError(3, `etcd is missing and there is no apt-get here: ${advice}`);
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (asRoot.length > 0 && !(onPath('sudo') && (await run(['sudo', '-n', 'true'])).code === 0)) {
    throw new CommandError(3, `etcd is missing and may not be installed from here without a password: ${advice}`);
  }
  process.stderr.write('setting up: installing the Debian package etcd-server\n');
  const policy = noServices();
  try {
    const install = () => run([...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', `PATH=${policy}${delimiter}${process.env.PATH}`,
      'apt-get', '-o', `DPkg::Path=${policy}${delimiter}/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`, 'install', '-y', '--no-install-recommends', 'etcd-server']);
    const first = await install();
    if (first.code === 0 && onPath('etcd')) return;
    // A fresh machine has no package lists yet.
    const update = await run([...asRoot, 'apt-get', 'update']);
    const second = await install();
    if (second.code === 0 && onPath('etcd')) return;
    throw new CommandError(3, `${update.code === 0 ? second.output.trim() : update.output.trim()}\nthe Debian package etcd-server could not be installed: ${advice}`);
  } finally {
    await stopService(asRoot);
    rmSync(policy, { recursive: true, force: true });
  }
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

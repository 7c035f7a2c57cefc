import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEtcd } from '../../../src/cli/etcd-process.js';
import type { Server } from './upstream.js';

const startWithinMs = 60_000;

/** A kube-apiserver on an etcd of its own, in which everything is allowed to one token. */
export async function startApiserver(program: string): Promise<Server & AsyncDisposable> {
  const dir = await mkdtemp(join(tmpdir(), 'setpoint-apiserver-'));
  const etcd = await startEtcd();
  const token = randomBytes(16).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
  const [keyFile, tokenFile, port] = [join(dir, 'service-accounts.key'), join(dir, 'tokens.csv'), await freePort()];
  await Promise.all([writeFile(keyFile, privateKey), writeFile(tokenFile, `${token},oracle,oracle,system:masters\n`)]);
  const child = spawn(program, [
    '--etcd-servers', etcd.endpoints.join(','), '--bind-address', '127.0.0.1', '--secure-port', String(port), '--cert-dir', dir, '--token-auth-file', tokenFile,
    '--service-account-issuer', 'https://oracle', '--service-account-key-file', keyFile, '--service-account-signing-key-file', keyFile,
    '--authorization-mode', 'AlwaysAllow', '--disable-admission-plugins', 'ServiceAccount', '--service-cluster-ip-range', '10.0.0.0/24',
  ], { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => { log = (log + text).slice(-20_000); });
  const exited = new Promise<void>((resolve) => { child.once('close', () => { resolve(); }); });
  const kill = () => { child.kill('SIGKILL'); };
  process.once('exit', kill);
  const stop = async () => {
    kill();
    await exited;
    process.off('exit', kill);
    await etcd.stop();
    await rm(dir, { recursive: true, force: true });
  };
  const url = `https://127.0.0.1:${String(port)}`;
  for (const until = Date.now() + startWithinMs; !await isReady(url, token); await sleep(200)) {
    if (child.exitCode === null && Date.now() < until) continue;
    await stop();
    throw new Error(`kube-apiserver did not serve: ${log.split('\n').slice(-5).join(' ')}`);
  }
  return { url, token, etcd: etcd.endpoints[0] ?? '', [Symbol.asyncDispose]: stop };
}

function isReady(url: string, token: string): Promise<boolean> {
  return new Promise((resolve) => {
    request(`${url}/readyz`, { rejectUnauthorized: false, headers: { Authorization: `Bearer ${token}` } }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on('error', () => { resolve(false); }).end();
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
  return port;
}

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nodeProcess from 'node:process';

export interface EtcdProcessOptions {
  /** Stops the process when it aborts, also while it starts. */
  readonly signal?: AbortSignal;
  /** More flags of etcd's own. */
  readonly args?: readonly string[];
  /** Its data, which are left there; default: a temporary folder that goes with `stop`. */
  readonly dir?: string;
  /** Where clients and members reach it; default: free ports. */
  readonly ports?: EtcdPorts;
  /** Clients connect with TLS: files with its certificate and key. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

export interface EtcdPorts {
  readonly client: number;
  readonly peer: number;
}

export interface EtcdProcess {
  readonly endpoints: readonly string[];
  /** Its data. */
  readonly dir: string;
  /** The process id, for tests that hurt it. */
  readonly pid: number | undefined;
  /** Ends the process at once, as a crash does, and removes its data if they are temporary. May be called again. */
  stop(): Promise<void>;
}

/** What keeps etcd from running here. */
export class EtcdProcessError extends Error {
  constructor(message: string, readonly code: 'EtcdMissing' | 'EtcdFailed', options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'EtcdProcessError';
  }
}

const startWithinMs = 30_000;
const attempts = 5;

/**
 * Starts one etcd member on the loopback interface, and resolves when it serves.
 * It ends with `stop`, with the signal, or with this process.
 * @throws EtcdProcessError 'EtcdMissing' when there is no such program, 'EtcdFailed' with its last words when it ends.
 */
export async function startEtcd(options: EtcdProcessOptions = {}): Promise<EtcdProcess> {
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted();
    const dir = options.dir ?? await mkdtemp(join(tmpdir(), 'setpoint-etcd-'));
    const remove = async () => { if (options.dir === undefined) await rm(dir, { recursive: true, force: true }); };
    try {
      return await start(dir, options, remove);
    } catch (error) {
      await remove();
      // Between choosing a port and using it somebody else may have taken it.
      const taken = error instanceof EtcdProcessError && error.message.includes('address already in use');
      if (!taken || options.ports || attempt === attempts) throw error;
    }
  }
}

async function start(dir: string, { signal, args = [], ports, tls }: EtcdProcessOptions, remove: () => Promise<void>): Promise<EtcdProcess> {
  const { client: clientPort, peer: peerPort } = ports ?? await freeEtcdPorts();
  const client = `${tls ? 'https' : 'http'}://127.0.0.1:${String(clientPort)}`;
  const peer = peerUrl(peerPort);
  const child = spawn('etcd', [
    '--name', 'setpoint', '--data-dir', dir, '--logger', 'zap', '--log-outputs', 'stderr',
    '--listen-client-urls', client, '--advertise-client-urls', client,
    '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `setpoint=${peer}`,
    ...(tls ? ['--cert-file', tls.certFile, '--key-file', tls.keyFile] : []),
    ...args,
  ], { stdio: ['ignore', 'ignore', 'pipe'], env: environment() });
  const exited = new Promise<void>((resolve) => { child.once('close', () => { resolve(); }); });
  const kill = () => { child.kill('SIGKILL'); };
  nodeProcess.once('exit', kill);
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= (async () => {
    signal?.removeEventListener('abort', onAbort);
    // Its log is synced with each write and its data are thrown away: there is nothing to end in order.
    kill();
    await exited;
    nodeProcess.off('exit', kill);
    await remove();
  })());
  const onAbort = () => { void stop(); };
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    await serving(child, signal ? AbortSignal.any([signal, AbortSignal.timeout(startWithinMs)]) : AbortSignal.timeout(startWithinMs));
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoints: [client], dir, pid: child.pid, stop };
}

/** Resolves when the process says that it serves; keeps reading its log afterwards, so that it never blocks on it. */
function serving(child: ChildProcess, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const onAbort = () => { reject(new EtcdProcessError('etcd did not serve in time, or was stopped while it started', 'EtcdFailed', { cause: signal.reason })); };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    child.once('error', (cause: NodeJS.ErrnoException) => {
      reject(cause.code === 'ENOENT'
        ? new EtcdProcessError('the program etcd is not installed; on Debian or Ubuntu: apt-get install etcd-server', 'EtcdMissing', { cause })
        : new EtcdProcessError(`etcd could not be started: ${cause.message}`, 'EtcdFailed', { cause }));
    });
    child.once('exit', (code) => { reject(new EtcdProcessError(`etcd ended with code ${String(code)}: ${log.trim().split('\n').slice(-3).join(' ')}`, 'EtcdFailed')); });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-10_000);
      if (!log.includes('serving client traffic')) return;
      signal.removeEventListener('abort', onAbort);
      resolve();
    });
  });
}

/** The caller's own settings for etcd are not meant for this one. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(nodeProcess.env).filter(([name]) => !name.startsWith('ETCD')));
}

/** Where members of a cluster find one. */
export function peerUrl(port: number): string {
  return `http://127.0.0.1:${String(port)}`;
}

/** Ports of the loopback interface that nobody uses just now. */
export async function freeEtcdPorts(): Promise<EtcdPorts> {
  const [client, peer] = await freePorts(2);
  // Two were asked for.
  return { client: client as number, peer: peer as number };
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => { resolve(server); });
  })));
  // Listening on an IP address, so the address has a port.
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => { server.close(() => { resolve(); }); })));
  return ports;
}

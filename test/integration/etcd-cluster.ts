import { kill } from 'node:process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeEtcdPorts, peerUrl, type EtcdPorts, type EtcdProcess } from '../../src/cli/etcd-process.js';
import { etcdForTests } from './etcd-process.js';

/** One member of a cluster, and ways to hurt it. */
export interface EtcdMember {
  readonly endpoint: string;
  readonly dir: string;
  readonly runs: boolean;
  /** SIGKILL; its data stay. */
  kill(): Promise<void>;
  /** Starts it again on its data and ports; resolves when it serves, for which the cluster needs its quorum. */
  restart(): Promise<void>;
  /** SIGSTOP: its connections stand, and nothing comes of them. */
  pause(): void;
  resume(): void;
}

export interface EtcdCluster {
  readonly members: readonly EtcdMember[];
  readonly endpoints: readonly string[];
  /** The member that leads now; undefined while there is none. */
  leader(): Promise<EtcdMember | undefined>;
  stop(): Promise<void>;
}

/** A real cluster on the loopback interface, by default of three members. */
export async function startEtcdCluster(size = 3, args: readonly string[] = []): Promise<EtcdCluster> {
  const root = await mkdtemp(join(tmpdir(), 'setpoint-etcd-cluster-'));
  const ports = await Promise.all(Array.from({ length: size }, () => freeEtcdPorts()));
  const initial = ports.map(({ peer }, i) => `m${String(i)}=${peerUrl(peer)}`).join(',');
  const members = ports.map((its, i) => new Member(join(root, `m${String(i)}`), its, ['--name', `m${String(i)}`, '--initial-cluster', initial, ...args]));
  const stop = async () => {
    await Promise.all(members.map((member) => member.kill()));
    await rm(root, { recursive: true, force: true });
  };
  try {
    await Promise.all(members.map((member) => member.restart()));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    members, stop,
    endpoints: members.map(({ endpoint }) => endpoint),
    async leader() {
      const answers = await Promise.all(members.map((member) => member.isLeader()));
      return members.find((_, i) => answers[i]);
    },
  };
}

class Member implements EtcdMember {
  readonly dir: string;
  readonly endpoint: string;
  readonly #ports: EtcdPorts;
  readonly #args: readonly string[];
  #process: EtcdProcess | undefined;

  constructor(dir: string, ports: EtcdPorts, args: readonly string[]) {
    this.dir = dir;
    this.endpoint = `http://127.0.0.1:${String(ports.client)}`;
    this.#ports = ports;
    this.#args = args;
  }

  get runs(): boolean {
    return this.#process !== undefined;
  }

  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.stop();
  }

  async restart(): Promise<void> {
    this.#process ??= await etcdForTests({ dir: this.dir, ports: this.#ports, args: this.#args });
  }

  pause(): void {
    this.#signal('SIGSTOP');
  }

  resume(): void {
    this.#signal('SIGCONT');
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    if (this.#process?.pid !== undefined) kill(this.#process.pid, signal);
  }

  /** Asked over etcd's own gateway: the client that is tested has no part in it. */
  async isLeader(): Promise<boolean> {
    if (!this.runs) return false;
    try {
      const response = await fetch(`${this.endpoint}/v3/maintenance/status`, { method: 'POST', body: '{}', signal: AbortSignal.timeout(1_000) });
      const { header, leader } = await response.json() as { readonly header: { readonly member_id: string }; readonly leader?: string };
      return leader === header.member_id;
    } catch {
      return false;
    }
  }
}

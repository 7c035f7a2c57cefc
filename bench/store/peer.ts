import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from '../harness.js';

const execute = promisify(execFile);

/** One piece of work by etcd's own client: bench/peers/etcd-client. */
export async function etcdClient(peers: string, endpoint: string, args: readonly string[]): Promise<Result> {
  const { stdout } = await execute(join(peers, 'etcd-client'), ['-endpoint', endpoint, ...args]);
  return JSON.parse(stdout) as Result;
}

/** Puts of values of 2 KiB. */
export function putArgs(n: number, inFlight: number, sizeBytes: number): readonly string[] {
  return ['-work', 'put', '-n', String(n), '-in-flight', String(inFlight), '-size', String(sizeBytes)];
}

import {
  credentials, status as grpcStatus, Client, Metadata, Server, ServerCredentials, type MethodDefinition, type ServiceDefinition, type ServerDuplexStream,
  type ServerUnaryCall, type ServiceError, type StatusObject, type sendUnaryData,
} from '@grpc/grpc-js';
import { Fields } from '../../src/core/store/etcd/wire.js';

/** A server before a real etcd that passes requests on, counts them, and claims another version. */
export interface GrpcFront {
  readonly url: string;
  /** Requests by path; those on streams too. */
  readonly requests: readonly { readonly path: string; readonly bytes: Buffer }[];
  /** The paths of the streams that were opened. */
  readonly streams: readonly string[];
  /** What was asked of each stream: `hasleader` of its metadata. */
  readonly hasLeader: readonly (string | undefined)[];
  /** What it says of itself. */
  version: string;
  /** Its answer to every request but those on streams and for its status, instead of passing it on. */
  refuse: { readonly code: number; readonly details: string } | undefined;
  /** The same, but after it was passed on and done. */
  refuseDone: { readonly code: number; readonly details: string } | undefined;
  /** Ends all streams like this. */
  endStreams(status: { readonly code: number; readonly details: string }): void;
  stop(): void;
}

const unary = ['KV/Range', 'KV/Txn', 'KV/Compact', 'Lease/LeaseGrant', 'Lease/LeaseRevoke'].map((path) => `/etcdserverpb.${path}`);
const streams = ['Watch/Watch', 'Lease/LeaseKeepAlive'].map((path) => `/etcdserverpb.${path}`);
const raw = (bytes: Buffer) => bytes;

export async function grpcFront(target: string, version: string): Promise<GrpcFront> {
  const client = new Client(new URL(target).host, credentials.createInsecure());
  const requests: { path: string; bytes: Buffer }[] = [];
  const opened: string[] = [];
  const hasLeader: (string | undefined)[] = [];
  const open = new Set<ServerDuplexStream<Buffer, Buffer>>();
  const server = new Server();
  const shape = (path: string, stream: boolean): MethodDefinition<Buffer, Buffer> => ({
    path, requestStream: stream, responseStream: stream, requestSerialize: raw, requestDeserialize: raw, responseSerialize: raw, responseDeserialize: raw,
  });
  const definition: ServiceDefinition = Object.fromEntries([...unary.map((path) => [path, shape(path, false)]), ...streams.map((path) => [path, shape(path, true)]), ['status', shape('/etcdserverpb.Maintenance/Status', false)]]);
  server.addService(
    definition,
    {
      ...Object.fromEntries(unary.map((path) => [path, (call: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => {
        requests.push({ path, bytes: call.request });
        if (front.refuse) { answer(front.refuse); return; }
        client.makeUnaryRequest(path, raw, raw, call.request, new Metadata(), (error: ServiceError | null, response?: Buffer) => {
          if (path === '/etcdserverpb.KV/Txn' && front.refuseDone) answer(front.refuseDone);
          else answer(error, response);
        });
      }])),
      ...Object.fromEntries(streams.map((path) => [path, (call: ServerDuplexStream<Buffer, Buffer>) => { pass(call, path); }])),
      status: (_: ServerUnaryCall<Buffer, Buffer>, answer: sendUnaryData<Buffer>) => { answer(null, Buffer.from(new Fields().text(2, front.version).finish())); },
    },
  );
  const pass = (call: ServerDuplexStream<Buffer, Buffer>, path: string) => {
    opened.push(path);
    hasLeader.push(call.metadata.get('hasleader')[0]?.toString());
    open.add(call);
    const upstream = client.makeBidiStreamRequest<Buffer, Buffer>(path, raw, raw, new Metadata());
    call.on('data', (bytes: Buffer) => { requests.push({ path, bytes }); upstream.write(bytes); });
    call.on('end', () => { upstream.end(); });
    call.on('cancelled', () => { open.delete(call); upstream.cancel(); });
    upstream.on('data', (bytes: Buffer) => { call.write(bytes); });
    upstream.on('error', () => {});
    upstream.on('status', ({ code, details }: StatusObject) => { if (code !== grpcStatus.OK) call.emit('error', { code, details }); else call.end(); });
  };
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => { if (error) reject(error); else resolve(bound); });
  });
  const front: GrpcFront = {
    url: `http://127.0.0.1:${String(port)}`, requests, streams: opened, hasLeader, version, refuse: undefined, refuseDone: undefined,
    endStreams: (status) => { for (const call of open) call.emit('error', status); open.clear(); },
    stop: () => { server.forceShutdown(); client.close(); },
  };
  return front;
}

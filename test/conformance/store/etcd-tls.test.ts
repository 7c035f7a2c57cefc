import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { inspect } from 'node:util';
import type { EtcdProcess } from '../../../src/cli/etcd-process.js';
import { systemClock } from '../../../src/core/runtime/clock.js';
import { keyedRandom } from '../../../src/core/runtime/random.js';
import { systemRuntime } from '../../../src/core/runtime/runtime.js';
import { etcd, type EtcdOptions, type TlsOptions } from '../../../src/core/store/etcd/index.js';
import { authority, filesWith, type Authority, type Certified } from '../../integration/certificates.js';
import { etcdForTests } from '../../integration/etcd-process.js';
import { tcpProxy } from '../../integration/tcp-proxy.js';
import { get, put, valueCodec } from './backends.js';

const runtime = systemRuntime({ clock: systemClock(), random: keyedRandom(1) });

describe('etcd with certificates', () => {
  let ca: Authority;
  let mine: Certified;
  let server: EtcdProcess;
  const toStop: (() => unknown)[] = [];
  beforeAll(async () => {
    ca = await authority();
    mine = await ca.sign({ name: 'client' });
    server = await serving(await ca.sign(), ['--client-cert-auth']);
  });
  afterAll(async () => {
    for (const stop of toStop) await stop();
  });

  /** An etcd with this certificate. */
  const serving = async (its: Certified, args: readonly string[] = [], trusted = ca): Promise<EtcdProcess> => {
    const files = filesWith({ ca: trusted.cert, cert: its.cert, key: its.key });
    const process = await etcdForTests({ tls: { certFile: files.paths.cert, keyFile: files.paths.key }, args: ['--trusted-ca-file', files.paths.ca, ...args] });
    toStop.push(() => process.stop(), () => { files.remove(); });
    return process;
  };
  const opened = async (url: string, tls: TlsOptions, options: EtcdOptions = {}) => {
    const handle = await etcd(url, { tls, connectMs: 1_000, requestMs: 1_500, ...options }).open(valueCodec(), runtime);
    toStop.unshift(() => handle[Symbol.asyncDispose]());
    return handle;
  };
  const url = () => server.endpoints[0] as string;
  /** Where a TCP proxy passes on what is secured between the two ends. */
  const proxied = async () => {
    const proxy = await tcpProxy(url());
    toStop.push(() => proxy.stop());
    return { ...proxy, url: proxy.url.replace('http:', 'https:'), cut: () => { proxy.cut(); } };
  };

  test('S76 authority, certificate and key as text or as files', async () => {
    const files = filesWith({ ca: ca.cert, cert: mine.cert, key: mine.key });
    toStop.push(() => { files.remove(); });
    for (const tls of [{ ca: ca.cert, ...mine }, { caFile: files.paths.ca, certFile: files.paths.cert, keyFile: files.paths.key }]) {
      const store = await opened(url(), tls);
      const { revision } = await put(store, 'a', 1);
      expect((await get(store, 'a'))?.modRevision).toBe(revision);
    }
  });

  test('S76 renewed files are used by the next connection, without a restart', async () => {
    const other = await authority('another authority');
    const stranger = await other.sign({ name: 'client' });
    const files = filesWith({ cert: mine.cert, key: mine.key });
    toStop.push(() => { files.remove(); });
    const proxy = await proxied();
    const store = await opened(proxy.url, { ca: ca.cert, certFile: files.paths.cert, keyFile: files.paths.key });
    await put(store, 'a', 1);

    files.write('cert', stranger.cert);
    files.write('key', stranger.key);
    // Connections that stand go on with what they were made with.
    await put(store, 'a', 2);
    proxy.cut();
    await expect(get(store, 'a')).rejects.toMatchObject({ code: 'Unavailable' });

    const renewed = await ca.sign({ name: 'client' });
    files.write('cert', renewed.cert);
    files.write('key', renewed.key);
    expect((await get(store, 'a'))?.value.data).toBe(2);
  });

  test('S76 files that cannot be read just now leave the ones of before in use', async () => {
    const files = filesWith({ ca: ca.cert });
    const proxy = await proxied();
    const store = await opened(proxy.url, { caFile: files.paths.ca, ...mine });
    await put(store, 'a', 'kept');
    files.remove();
    proxy.cut();
    expect((await get(store, 'a'))?.value.data).toBe('kept');
  });

  test('S76 B97 an unknown authority, another host and an expired certificate are refused, each with its reason', async () => {
    const wrong = await serving(await ca.sign({ host: 'elsewhere.example.com' }));
    const expired = await serving(await ca.sign({ expired: true }));
    const other = await authority('another authority');
    const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    // It is ignored.
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    try {
      await expect(opened(url(), { ca: other.cert, ...mine })).rejects.toMatchObject({ code: 'Unavailable', message: expect.stringMatching(/unable to verify|self.signed|issuer certificate/) as unknown });
      await expect(opened(url(), { ...mine })).rejects.toMatchObject({ code: 'Unavailable', message: expect.stringMatching(/unable to verify|self.signed|issuer certificate/) as unknown });
      await expect(opened(wrong.endpoints[0] as string, { ca: ca.cert })).rejects.toMatchObject({ code: 'Unavailable', message: expect.stringContaining('127.0.0.1 is not in the cert') as unknown });
      await expect(opened(expired.endpoints[0] as string, { ca: ca.cert })).rejects.toMatchObject({ code: 'Unavailable', message: expect.stringContaining('expired') as unknown });
    } finally {
      if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
    }
  });

  test('S76 https never becomes plain, nor plain https', async () => {
    const plain = await etcdForTests();
    toStop.push(() => plain.stop());
    await expect(opened((plain.endpoints[0] as string).replace('http:', 'https:'), { ca: ca.cert })).rejects.toMatchObject({ code: 'Unavailable' });
    await expect(etcd(url().replace('https:', 'http:'), { connectMs: 1_000, requestMs: 1_500 }).open(valueCodec(), runtime)).rejects.toMatchObject({ code: 'Unavailable' });
    expect(() => etcd('http://127.0.0.1:1', { tls: { ca: ca.cert } })).toThrow(expect.objectContaining({ code: 'ConfigError', message: expect.stringContaining('http://127.0.0.1:1') as unknown }));
  });

  test('S76 certificates that cannot be meant are a ConfigError that says which', async () => {
    expect(() => etcd('https://127.0.0.1:1', { tls: { ca: 'a', caFile: 'b' } })).toThrow(/ca or caFile/);
    expect(() => etcd('https://127.0.0.1:1', { tls: { certFile: 'b' } })).toThrow(/its key/);
    await expect(opened('https://127.0.0.1:1', { caFile: '/nowhere/ca.pem' })).rejects.toMatchObject({ code: 'ConfigError', message: expect.stringContaining('/nowhere/ca.pem') as unknown });
    await expect(opened('https://127.0.0.1:1', { ca: 'nonsense', cert: 'nonsense', key: 'nonsense' })).rejects.toMatchObject({ code: 'ConfigError' });
  });

  test('S55 S76 B91 no key and no password is in what is thrown', async () => {
    const secret = 'canary-password';
    const stranger = await (await authority('another authority')).sign();
    const errors = await Promise.all([
      opened(url(), { ca: ca.cert, ...stranger }), opened(url(), { ca: ca.cert, ...mine }, { username: 'nobody', password: secret }),
      opened('https://127.0.0.1:1', { ca: ca.cert, ...stranger }, { username: 'nobody', password: secret }), opened('https://127.0.0.1:1', { ca: ca.cert, cert: mine.cert, key: 'canary-password' }),
    ].map((opening) => opening.then(() => undefined, (error: unknown) => error)));
    for (const error of errors) {
      expect(error).toBeInstanceOf(Error);
      const shown = `${inspect(error, { depth: 20, showHidden: true })} ${JSON.stringify(error)} ${String(error)}`;
      expect(shown).not.toContain(secret);
      expect(shown).not.toContain('PRIVATE KEY');
    }
  });
});

import { credentials, type ChannelCredentials } from '@grpc/grpc-js';
import { readFile } from 'node:fs/promises';
import { ConfigError, toError } from '../../runtime/errors.js';

/**
 * Certificates, each as PEM text or as the file that it is in. Files are read again whenever a connection is made, so that
 * renewed ones are used without a restart. `cert` and `key` are this client's own, for servers that want one.
 */
export interface TlsOptions {
  readonly ca?: string;
  readonly caFile?: string;
  readonly cert?: string;
  readonly certFile?: string;
  readonly key?: string;
  readonly keyFile?: string;
}

/** What a connection is made with, as PEM text. */
export interface Pem {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

const parts = ['ca', 'cert', 'key'] as const;

/** @throws ConfigError for options that cannot be meant. Rule: S76. */
export function checkTls(tls: TlsOptions, urls: readonly string[]): void {
  const problems = parts.filter((part) => tls[part] !== undefined && tls[`${part}File`] !== undefined)
    .map((part) => ({ path: `tls.${part}`, message: `give ${part} or ${part}File, not both` }));
  const [hasCert, hasKey] = [tls.cert ?? tls.certFile, tls.key ?? tls.keyFile].map((one) => one !== undefined);
  if (hasCert !== hasKey) problems.push({ path: 'tls.cert', message: 'a certificate and its key are given together or not at all' });
  const plain = urls.find((url) => !url.startsWith('https:'));
  if (plain !== undefined) problems.push({ path: 'endpoints', message: `certificates are for https; ${plain} would be reached without them` });
  if (problems.length > 0) throw new ConfigError(problems);
}

/** @throws ConfigError naming the file that cannot be read */
export async function readPem(tls: TlsOptions): Promise<Pem> {
  const [ca, cert, key] = await Promise.all(parts.map((part) => textOf(tls, part)));
  return { ca, cert, key };
}

async function textOf(tls: TlsOptions, part: (typeof parts)[number]): Promise<string | undefined> {
  const file = tls[`${part}File`];
  if (file === undefined) return tls[part];
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ConfigError([{ path: `tls.${part}File`, message: `the file ${file} cannot be read: ${toError(error).message}` }]);
  }
}

export function samePem(a: Pem, b: Pem): boolean {
  return parts.every((part) => a[part] === b[part]);
}

/** The server is always verified, whatever NODE_TLS_REJECT_UNAUTHORIZED says (B97). @throws ConfigError */
export function channelCredentials({ ca, cert, key }: Pem): ChannelCredentials {
  const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  try {
    return credentials.createSsl(bytes(ca), bytes(key), bytes(cert), { rejectUnauthorized: true });
  } catch (error) {
    throw new ConfigError([{ path: 'tls', message: `the certificates cannot be used: ${toError(error).message}` }]);
  }
}

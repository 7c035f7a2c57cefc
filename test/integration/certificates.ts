import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BasicConstraintsExtension, cryptoProvider, PemConverter, SubjectAlternativeNameExtension, X509CertificateGenerator, type X509Certificate } from '@peculiar/x509';

cryptoProvider.set(webcrypto);
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A certificate and its key, as PEM text. */
export interface Certified {
  readonly cert: string;
  readonly key: string;
}

/** An authority for tests; it signs for one hour, or for the past. */
export interface Authority {
  readonly cert: string;
  sign(options?: { readonly host?: string; readonly name?: string; readonly expired?: boolean }): Promise<Certified>;
}

let serial = 1;
const nextSerial = () => (0x1000 + serial++).toString(16);
const hourMs = 3_600_000;

export async function authority(name = 'test authority'): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const subject = `CN=${name}`;
  const now = Date.now();
  const ca = await X509CertificateGenerator.createSelfSigned({
    serialNumber: nextSerial(), name: subject, notBefore: new Date(now - hourMs), notAfter: new Date(now + hourMs), keys, signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 1, true)],
  });
  return {
    cert: ca.toString('pem'),
    async sign({ host = '127.0.0.1', name: common = 'server', expired = false } = {}) {
      const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const isAddress = /^[\d.]+$/.test(host);
      const cert: X509Certificate = await X509CertificateGenerator.create({
        serialNumber: nextSerial(), subject: `CN=${common}`, issuer: subject, notBefore: new Date(now - 2 * hourMs), notAfter: new Date(now + (expired ? -hourMs : hourMs)),
        publicKey: own.publicKey, signingKey: keys.privateKey, signingAlgorithm: algorithm,
        extensions: [new SubjectAlternativeNameExtension([{ type: isAddress ? 'ip' : 'dns', value: host }])],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', own.privateKey);
      return { cert: cert.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') };
    },
  };
}

/** Files with these contents, in a folder that goes with `remove`. */
export function filesWith<Name extends string>(contents: { readonly [name in Name]: string }): { readonly paths: { readonly [name in Name]: string }; write(name: Name, content: string): void; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'setpoint-certificates-'));
  const paths = Object.fromEntries(Object.keys(contents).map((name) => [name, join(folder, `${name}.pem`)])) as { [name in Name]: string };
  const write = (name: Name, content: string) => { writeFileSync(paths[name], content, { mode: 0o600 }); };
  for (const [name, content] of Object.entries(contents)) write(name as Name, content as string);
  return { paths, write, remove: () => { rmSync(folder, { recursive: true, force: true }); } };
}

import type { Revision } from '../../store/store.js';
import { badRequest } from '../refusals.js';

/** Where the next page of a list begins. `revision` −1 asks for the newest state instead of a snapshot (A27). */
export interface ContinueToken {
  readonly revision: Revision;
  /** The first key of the page. */
  readonly start: string;
}

const longestToken = 8_192;

/** base64url of what kube-apiserver writes there (A26); `start` is kept relative to `prefix`. */
export function encodeContinue(token: ContinueToken, prefix: string): string {
  const start = token.start.slice(prefix.length);
  return toBase64Url(`{"v":"meta.k8s.io/v1","rv":${token.revision.toString()},"start":${JSON.stringify(start)}}`);
}

/** @throws ApiError 400 for anything that this api did not make, or that leads outside `prefix` (A26, B60, B61) */
export function decodeContinue(text: string, prefix: string): ContinueToken {
  const { v, rv, start } = fields(text);
  if (v !== 'meta.k8s.io/v1') throw bad(`server does not recognize this encoded version ${JSON.stringify(v ?? '').slice(0, 64)}`);
  if (typeof start !== 'string' || start === '') throw bad('encoded start key empty (version meta.k8s.io/v1)');
  if (typeof rv !== 'number' || !Number.isSafeInteger(rv) || rv === 0 || rv < -1) throw bad('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (!isClean(start)) throw bad(JSON.stringify(start).slice(0, 64));
  return { revision: BigInt(rv), start: prefix + start };
}

function fields(text: string): { readonly v?: unknown; readonly rv?: unknown; readonly start?: unknown } {
  if (text.length > longestToken || !/^[A-Za-z0-9_-]+={0,2}$/.test(text)) throw bad('illegal base64 data');
  let value: unknown;
  try {
    value = JSON.parse(fromBase64Url(text)) as unknown;
  } catch (cause) {
    throw badRequest('invalid continue token: it does not decode', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('it does not decode');
  return value;
}

function bad(why: string) {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}

/** Whether cleaning it as a path would leave it as it is; the trailing NUL is ours. */
function isClean(start: string): boolean {
  const path = start.endsWith('\0') ? start.slice(0, -1) : start;
  return !path.includes('\0') && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function toBase64Url(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): string {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
}

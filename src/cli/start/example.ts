import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { join } from 'node:path';
import type { AnyKind, Provided, Runnable } from '../../index.js';
import type { SchedulerHandle } from '../../scheduler/index.js';
import { UsageError } from './options.js';

/** What a folder of `examples` exports to be run by `npm start`. */
export interface Example {
  /** Kinds of its own, besides the built-in ones. */
  readonly kinds: readonly AnyKind[];
  /** The kind of its applications: `spec.replicas`, and a condition `Ready`. */
  readonly application: AnyKind;
  readonly services: readonly Provided[];
  /** New parts for each run. */
  parts(): { readonly scheduler: Runnable<SchedulerHandle>; readonly others: readonly Runnable[] };
}

/** The checkout that this command line belongs to: `dist/cli/main.js` lies two folders below it. */
const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** The built module of an example, and its manifests. */
export async function loadExample(name: string): Promise<{ readonly example: Example; readonly manifests: readonly string[] }> {
  const folder = join(checkout, 'examples', name);
  const files = await readdir(join(folder, 'manifests')).catch(() => undefined);
  if (!files) {
    const known = await examplesWithManifests();
    throw new UsageError(`there is no example '${name}' to run; there is: ${known.join(', ')}`);
  }
  const module = await import(pathToFileURL(join(checkout, '.build', 'examples', name, 'index.js')).href) as Example;
  return { example: module, manifests: files.filter((file) => file.endsWith('.yaml')).sort().map((file) => join(folder, 'manifests', file)) };
}

async function examplesWithManifests(): Promise<readonly string[]> {
  const root = join(checkout, 'examples');
  const found: string[] = [];
  const names: readonly string[] = await readdir(root).catch(() => []);
  for (const name of names) {
    const inside: readonly string[] = await readdir(join(root, name)).catch(() => []);
    if (inside.includes('manifests')) found.push(name);
  }
  return found;
}

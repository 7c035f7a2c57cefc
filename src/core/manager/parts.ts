import { launch, type Runnable } from '../controller/runnable.js';
import type { AnyKind } from '../resource/kind.js';
import { ConfigError, type ConfigProblem } from '../runtime/errors.js';
import type { Token } from '../runtime/token.js';

/** Parts with the sets opened. Rule: R41. */
export function flatten(parts: readonly Runnable[]): readonly Runnable[] {
  return parts.flatMap((part) => {
    const how = (part as Partial<Runnable> | undefined)?.[launch];
    if (!how) throw new ConfigError([{ path: '', message: `${describe(part)} is nothing that run() can run` }], { hint: 'a controller needs .reconcile(…) at its end' });
    return how.type === 'set' ? flatten(how.parts) : [part];
  });
}

/** Who belongs to an app: each part's name is taken until the part has ended. */
export class Roster {
  private readonly leaves = new Map<string, Runnable>();
  /** By the name of a set: the names of its parts. */
  private readonly sets = new Map<string, readonly string[]>();

  /** The parts, with sets opened. */
  add(parts: readonly Runnable[]): readonly Runnable[] {
    const leaves = flatten(parts);
    for (const part of leaves) this.leaves.set(part.name, part);
    for (const part of parts) if (part[launch].type === 'set') this.sets.set(part.name, flatten([part]).map(({ name }) => name));
    return leaves;
  }

  remove(names: readonly string[]): void {
    for (const name of names) this.leaves.delete(name);
    for (const [set, members] of this.sets) if (!members.some((name) => this.leaves.has(name))) this.sets.delete(set);
  }

  /** The names of the parts that are meant. */
  leavesOf(part: Runnable | string): readonly string[] {
    if (typeof part !== 'string') return flatten([part]).map(({ name }) => name);
    return this.leaves.has(part) ? [part] : this.sets.get(part) ?? [part];
  }

  parts(): readonly Runnable[] {
    return [...this.leaves.values()];
  }

  extensions(): readonly unknown[] {
    return this.parts().flatMap((part) => { const how = part[launch]; return how.type === 'extension' ? [how.value] : []; });
  }
}

/** Every problem with names and services at once, before anything starts. Rules: R41, R54, B89. */
export function checkParts(parts: readonly Runnable[], has: (token: Token<unknown>) => boolean): void {
  const names = new Set<string>();
  const duplicates: ConfigProblem[] = [];
  const missing: ConfigProblem[] = [];
  for (const part of flatten(parts)) {
    if (names.has(part.name)) duplicates.push({ path: part.name, message: 'this name is taken by another part of the app' });
    names.add(part.name);
    for (const token of injectOf(part)) {
      if (!has(token)) missing.push({ path: part.name, message: `nothing is bound to ${token.name}` });
    }
  }
  if (duplicates.length > 0) throw new ConfigError([...duplicates, ...missing], { code: 'DuplicateController', hint: 'give one of them another name: controller(Kind, { name })' });
  if (missing.length > 0) throw new ConfigError(missing, { hint: 'services: [provide(Token, value)]' });
}

export function kindsOf(part: Runnable): readonly AnyKind[] {
  const how = part[launch];
  return how.type === 'set' ? how.parts.flatMap(kindsOf) : how.kinds;
}

function injectOf(part: Runnable): readonly Token<unknown>[] {
  const how = part[launch];
  return how.type === 'set' ? [] : how.inject;
}

function describe(part: unknown): string {
  const name = (part as { readonly name?: unknown } | undefined)?.name;
  return typeof name === 'string' ? name : String(part);
}

import { kindOf } from './kinds.js';
import type { Answer, Program, Step } from './program.js';

/** The value with its placeholders filled in: `$ns`, and `${2.metadata.uid}` from the answer to step 2. */
export function filled(value: unknown, namespace: string, answers: readonly Answer[]): unknown {
  if (typeof value === 'string') {
    return value
      .replaceAll('$ns', namespace)
      .replace(/\$\{(\d+)\.([^}]+)\}/g, (_, step: string, path: string) => placeIn(answers[Number(step)], path.split('.')));
  }
  if (Array.isArray(value)) return value.map((one: unknown) => filled(one, namespace, answers));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [filled(key, namespace, answers), filled(one, namespace, answers)]));
}

/** The object, or the list, of an answer. */
export function contentOf(answer: Answer | undefined): unknown {
  switch (answer?.type) {
    case 'object': return answer.object;
    case 'list': return answer.list;
    default: return undefined;
  }
}

/** The text there; nothing where there is none. */
function placeIn(answer: Answer | undefined, path: readonly string[]): string {
  let value = contentOf(answer);
  for (const step of path) value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[step] : undefined;
  return typeof value === 'string' ? value : '';
}

/** RFC 7396. */
export function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

/** What a create or an update sends. A body without a kind is refused in process alone (B21), so it gets that of the address. */
export function bodyOf(step: Step & { readonly verb: 'create' | 'update' }, answers: readonly Answer[]): unknown {
  if ('object' in step) return step.object;
  const { kind, apiVersion } = kindOf(step.kind);
  return { kind, apiVersion, ...(merged(contentOf(answers[step.from]), step.merge ?? {}) as object) };
}

export function kindsOf(program: Program): readonly string[] {
  return [...new Set(program.steps.map(({ kind }) => kind))].sort();
}

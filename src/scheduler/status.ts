import { SetpointError, type ErrorOptions } from '../core/index.js';

/** What a plugin answers. An error is thrown, not answered. Rule: K4. */
export interface Status {
  readonly code: 'Success' | 'Skip' | 'Wait' | 'Pending' | 'Unschedulable' | 'UnschedulableAndUnresolvable';
  readonly reason?: string;
  /** Further reasons, each counted by itself in the pod's condition (K24). */
  readonly more?: readonly string[];
  /** What `explain` says besides, for example which taint; not part of the condition. */
  readonly detail?: string;
  /** Milliseconds, for `Wait`. */
  readonly timeout?: number;
}

/** The codes that keep a pod off a node. */
export type RejectionCode = 'Pending' | 'Unschedulable' | 'UnschedulableAndUnresolvable';

/** true: fits. A string: does not, and why. Rule: K110. */
export type Verdict = true | string | Status;

const success: Status = Object.freeze({ code: 'Success' });

/** This plugin has nothing to say on this pod: its later points do not run (K6). */
export const skip: Status = Object.freeze({ code: 'Skip' });

/** Does not fit now; other pods going away may help. */
export function unschedulable(reason: string, ...more: readonly string[]): Status {
  return Object.freeze({ code: 'Unschedulable', reason, ...(more.length > 0 ? { more } : {}) });
}

/** Does not fit, and no pod going away would help. */
export function unresolvable(reason: string, ...more: readonly string[]): Status {
  return Object.freeze({ code: 'UnschedulableAndUnresolvable', reason, ...(more.length > 0 ? { more } : {}) });
}

/** Cannot be placed until something that the plugin waits for has happened; then it is tried at once (K39). */
export function pending(reason: string): Status {
  return Object.freeze({ code: 'Pending', reason });
}

/** For `permit`: hold the pod, at most `timeout` milliseconds (K15). */
export function wait(timeout: number): Status {
  return Object.freeze({ code: 'Wait', timeout });
}

/** The extension points by name, in the order of one pod's way (K1). */
export const extensionPoints = [
  'preEnqueue', 'preFilter', 'filter', 'postFilter', 'preScore', 'score', 'scoreAll', 'reserve', 'unreserve', 'permit',
  'preBindPreFlight', 'preBind', 'bind', 'postBind',
] as const;
export type ExtensionPoint = (typeof extensionPoints)[number];

/** A plugin answered what its point does not allow, or a value that is no answer at all. Rules: K4, K5, K11, K12. */
export class PluginContractError extends SetpointError {
  readonly plugin: string;
  readonly point: ExtensionPoint;

  constructor(plugin: string, point: ExtensionPoint, what: string, options: ErrorOptions = {}) {
    super('PluginContractError', `plugin ${plugin} ${what} at ${point}`, options);
    this.plugin = plugin;
    this.point = point;
  }
}

/** A plugin threw, rejected or did not answer in time; `cause` is what it threw. Rules: K21, K114. */
export class PluginFailed extends SetpointError {
  readonly plugin: string;
  readonly point: ExtensionPoint;

  constructor(plugin: string, point: ExtensionPoint, what: string, options: ErrorOptions = {}) {
    super('PluginFailed', `plugin ${plugin} ${what} at ${point}`, options);
    this.plugin = plugin;
    this.point = point;
  }
}

const rejections: readonly string[] = ['Pending', 'Unschedulable', 'UnschedulableAndUnresolvable'];
const legal: { readonly [P in ExtensionPoint]?: readonly string[] } = {
  preEnqueue: ['Success', ...rejections],
  preFilter: ['Success', 'Skip', ...rejections],
  filter: ['Success', 'Unschedulable', 'UnschedulableAndUnresolvable'],
  postFilter: ['Success', 'Unschedulable', 'UnschedulableAndUnresolvable'],
  preScore: ['Success', 'Skip'],
  reserve: ['Success', ...rejections],
  permit: ['Success', 'Wait', ...rejections],
  preBindPreFlight: ['Success', 'Skip'],
  preBind: ['Success', ...rejections],
  bind: ['Success', 'Skip'],
};

/** True for a code that keeps the pod off. */
export function isRejection(status: Status): status is Status & { readonly code: RejectionCode } {
  return rejections.includes(status.code);
}

/** Every reason of a status. */
export function reasonsOf(status: Status): readonly string[] {
  return status.reason === undefined ? (status.more ?? []) : [status.reason, ...(status.more ?? [])];
}

/**
 * What a plugin answered at a point, as a status. "Nothing" is success where the point allows it.
 *
 * @throws PluginContractError for any other value, or a code that is not legal there. Rules: K4, K5, K110.
 */
export function statusOf(plugin: string, point: ExtensionPoint, answer: unknown): Status {
  if (answer === true) return success;
  const verdicts = point === 'filter' || point === 'preEnqueue';
  if (verdicts && typeof answer === 'string') return { code: 'Unschedulable', reason: answer };
  if (answer === undefined && !verdicts) return success;
  const code = typeof answer === 'object' && answer !== null ? (answer as { readonly code?: unknown }).code : undefined;
  if (typeof code !== 'string' || !(legal[point] ?? []).includes(code)) {
    leaveAlone(answer);
    throw new PluginContractError(plugin, point, `answered ${shown(answer)}`, { hint: `legal there: ${(legal[point] ?? []).join(', ')}` });
  }
  return checked(plugin, point, answer as Status);
}

/** A value in a message: short, on one line, and never by a `toString` that throws. Rule: B90. */
export function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    const code = (value as { readonly code?: unknown }).code;
    return typeof code === 'string' ? `the status ${JSON.stringify(code.slice(0, 80))}` : 'an object that is no status';
  }
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 80)) : typeof value === 'function' ? 'a function' : String(value);
}

/** A promise where none is awaited: its rejection is nobody's, and must not bring the process down. */
export function leaveAlone(answer: unknown): void {
  if (answer instanceof Promise) answer.catch(() => { /* the answer itself was the fault, and is reported */ });
}

/** Reasons are part of conditions and events, so they must be strings; a wait needs its time. */
function checked(plugin: string, point: ExtensionPoint, status: Status): Status {
  const reasons: readonly unknown[] = reasonsOf(status);
  if (!reasons.every((reason) => typeof reason === 'string')) throw new PluginContractError(plugin, point, 'gave a reason that is no string');
  if (status.code === 'Wait' && !(typeof status.timeout === 'number' && status.timeout >= 0)) {
    throw new PluginContractError(plugin, point, 'gave no time to wait');
  }
  return status;
}

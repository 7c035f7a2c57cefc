import { qualifiedResource, type AnyKind } from '../../resource/kind.js';
import { SetpointError, toError } from '../../runtime/errors.js';
import type { Clock } from '../../runtime/clock.js';
import { ApiError, failure } from '../api-error.js';
import type { AdmissionAnswer, AdmissionPlugin, AdmissionRequest, PlugContext } from '../plugs.js';
import { internal, resourceDetails } from '../refusals.js';
import type { Warnings } from '../write/warnings.js';

/** A plugin that has not answered by then has failed (A95). */
const timeoutMs = 10_000;

/** Asks the plugins in their order; the first refusal is the answer. Rules: A93–A95. */
export class AdmissionChain {
  readonly #plugins: readonly AdmissionPlugin[];
  readonly #context: PlugContext;

  constructor(plugins: readonly AdmissionPlugin[], context: PlugContext) {
    this.#plugins = plugins;
    this.#context = context;
  }

  /** Whether code from outside is to change this request. */
  alters(request: AdmissionRequest): boolean {
    return this.#plugins.some((plugin) => plugin.type === 'mutating' && (plugin.handles?.(request) ?? true));
  }

  /**
   * Changes `request.object` in place. `own` are the plugins that only this kind has: they are ours, do not depend on
   * each other and must bear objects of any shape.
   */
  async mutate(request: AdmissionRequest, own: readonly AdmissionPlugin[], warnings: Warnings): Promise<void> {
    const asked = this.#asked('mutating', request, own);
    const watched = asked.length > 1 && this.alters(request);
    let before = watched ? JSON.stringify(request.object) : '';
    let again = false;
    for (const [i, plugin] of asked.entries()) {
      await this.#ask(plugin, request, warnings);
      if (!watched) continue;
      const after = JSON.stringify(request.object);
      // What a later plugin made was not seen by an earlier one (A94).
      if (i > 0 && after !== before) again = true;
      before = after;
    }
    if (again) for (const plugin of asked) await this.#ask(plugin, request, warnings);
  }

  /** `request.object` is frozen: a plugin that changes it throws, and so the request fails (A93). */
  async validate(request: AdmissionRequest, own: readonly AdmissionPlugin[], warnings: Warnings): Promise<void> {
    for (const plugin of this.#asked('validating', request, own)) await this.#ask(plugin, request, warnings);
  }

  #asked(type: AdmissionPlugin['type'], request: AdmissionRequest, own: readonly AdmissionPlugin[]): readonly AdmissionPlugin[] {
    if (this.#plugins.length === 0 && own.length === 0) return none;
    return [...this.#plugins, ...own].filter((plugin) => plugin.type === type && (plugin.handles?.(request) ?? true));
  }

  async #ask(plugin: AdmissionPlugin, request: AdmissionRequest, warnings: Warnings): Promise<void> {
    let answer: AdmissionAnswer;
    try {
      const given = plugin.admit(request, this.#context);
      answer = given instanceof Promise ? await inTime(given, plugin, this.#context.clock) : given;
    } catch (thrown) {
      // Fail closed: a plugin that cannot judge does not let pass (A95). What the api or the store said stays said.
      const error = toError(thrown);
      if (error instanceof ApiError || (error instanceof SetpointError && error.code === 'UnknownOutcome')) throw error;
      throw internal(`admission plugin ${plugin.name}: ${error.message.slice(0, 1_000)}`, { cause: error });
    }
    if (answer === undefined) return;
    if ('warn' in answer) warnings.add(answer.warn);
    else throw denied(request.kind, request.name, answer);
  }
}

const none: readonly AdmissionPlugin[] = Object.freeze([]);

async function inTime(answer: Promise<AdmissionAnswer>, plugin: AdmissionPlugin, clock: Clock): Promise<AdmissionAnswer> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimer(clock.now() + timeoutMs, () => { reject(new SetpointError('AdmissionTimeout', `${plugin.name} did not answer within ${String(timeoutMs / 1_000)} s`)); });
    answer.then((value) => { timer.cancel(); resolve(value); }, (thrown: unknown) => { timer.cancel(); reject(toError(thrown)); });
  });
}

function denied(kind: AnyKind, name: string | undefined, answer: Extract<AdmissionAnswer, { readonly deny: string }>): ApiError {
  const code = answer.code ?? 403;
  const details = { ...resourceDetails(kind, name ?? ''), ...(answer.causes ? { causes: answer.causes } : {}) };
  return new ApiError(failure(code, reasons[code] ?? 'Forbidden', `${qualifiedResource(kind)} "${name ?? ''}" is forbidden: ${answer.deny}`, details));
}

const reasons: { readonly [code: number]: string } = { 400: 'BadRequest', 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 422: 'Invalid', 429: 'TooManyRequests', 500: 'InternalError' };

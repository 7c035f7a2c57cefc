import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import type { JsonSchema } from '../schema.js';
import { compilePattern } from './pattern.js';

/** A compiled CEL expression over `self` and `oldSelf`. Rules: A110, A112 */
export interface Expression {
  /** @throws Error when it cannot be evaluated: a missing key, a wrong type, an overflow */
  evaluate(self: unknown, oldSelf: unknown): unknown;
  /** It speaks of `oldSelf`: a transition rule. */
  readonly transition: boolean;
}

/** Compiles expressions; one is made for each schema. */
export class CelCompiler {
  private readonly environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits: { maxAstNodes: 10_000, maxDepth: 100 } })
    .registerVariable('self', 'dyn')
    .registerVariable('oldSelf', 'dyn')
    .registerFunction('string.re2matches(string): bool', (text: string, pattern: string) => compilePattern(pattern)(text));
  private readonly toTimestamp = this.environment.parse('timestamp(self)');
  private readonly some = this.environment.parse('optional.of(self)');
  private readonly none = this.environment.parse('optional.none()');

  /** @throws Error for what is no CEL, with the place in the expression */
  compile(expression: string): Expression {
    const { text, transition } = rewrite(expression);
    const parsed: ParseResult = this.environment.parse(text);
    const { error } = parsed.check();
    if (error) throw error;
    return { transition, evaluate: (self, oldSelf) => parsed({ self, oldSelf }) as unknown };
  }

  /** `optional.of(value)`, or `optional.none()` for undefined: what `optionalOldSelf` rules see. */
  optional(value: unknown): unknown {
    return value === undefined ? (this.none({}) as unknown) : (this.some({ self: value }) as unknown);
  }

  /** A JSON value as CEL sees it by its schema: integers as int, date-times as timestamps, field names escaped. */
  value(value: unknown, schema: JsonSchema | undefined): unknown {
    if (typeof value === 'number') return Number.isInteger(value) && schema?.type !== 'number' ? BigInt(value) : value;
    if (typeof value === 'string') return schema?.format === 'date-time' ? (this.toTimestamp({ self: value }) as unknown) : value;
    if (Array.isArray(value)) return value.map((item) => this.value(item, schema?.items));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, field]) => this.field(name, field, schema)));
  }

  private field(name: string, value: unknown, schema: JsonSchema | undefined): readonly [string, unknown] {
    const properties = schema?.properties;
    if (properties !== undefined && Object.hasOwn(properties, name)) return [escaped(name), this.value(value, properties[name])];
    return [name, this.value(value, typeof schema?.additionalProperties === 'object' ? schema.additionalProperties : undefined)];
  }
}

/** Words of the language; fields of these names are written `__in__`. */
const keywords: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package', 'namespace', 'return']);

function escaped(name: string): string {
  if (keywords.has(name)) return `__${name}__`;
  return name.replace(/__|[.\-/]/g, (found) => ({ '__': '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' })[found] ?? found);
}

/** String literals, or what is looked for outside of them. */
const tokens = /[rR]?"""[\s\S]*?"""|[rR]?'''[\s\S]*?'''|[rR]"[^"\n]*"|[rR]'[^'\n]*'|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\/[^\n]*|\.\s*matches\s*\(|\boldSelf\b/g;

/**
 * The evaluator's `matches` uses the engine of the platform, which backtracks; ours takes linear time (B72). Its name
 * cannot be given to another function, so the call is renamed.
 */
function rewrite(expression: string): { readonly text: string; readonly transition: boolean } {
  let transition = false;
  const text = expression.replace(tokens, (found) => {
    if (found === 'oldSelf') transition = true;
    return found.startsWith('.') ? '.re2matches(' : found;
  });
  return { text, transition };
}

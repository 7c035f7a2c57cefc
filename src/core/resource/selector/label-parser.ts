import { SelectorError, selectorLimit } from './selector-error.js';

/** A requirement as it was written; its key and values are not checked yet. */
export interface WrittenRequirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  readonly values: readonly string[];
}

type Token = { readonly type: 'word' | 'symbol' | 'end'; readonly text: string };

const end: Token = { type: 'end', text: '' };
const binary = 'in, notin, =, ==, !=, gt, lt';

/**
 * The requirements of a label selector's text, one after the other as they are read, so that the first thing wrong is
 * the one that is told. `checkKey` sees each key before what follows it.
 * @throws SelectorError with the reference's words (A82, B67, B68)
 */
export function writtenRequirements(text: string, checkKey: (key: string) => void): Iterable<WrittenRequirement> {
  return new Parser(tokens(text), checkKey).selector();
}

/** `in` and `notin` are words like any other where a key or a value may stand. */
class Parser {
  #at = 0;

  constructor(private readonly tokens: readonly Token[], private readonly checkKey: (key: string) => void) {}

  *selector(): Iterable<WrittenRequirement> {
    for (let count = 1; ; count++) {
      const next = this.#peek();
      if (next.type === 'end') return;
      if (!startsRequirement(next)) throw new SelectorError(`found '${next.text}', expected: !, identifier, or 'end of string'`);
      if (count > selectorLimit) throw new SelectorError(`unable to parse requirement: more than ${String(selectorLimit)} requirements`);
      yield this.#requirement();
      const after = this.#next();
      if (after.type === 'end') return;
      if (after.text !== ',') throw new SelectorError(`found '${after.text}', expected: ',' or 'end of string'`);
      const more = this.#peek();
      if (!startsRequirement(more)) throw new SelectorError(`found '${more.text}', expected: identifier after ','`);
    }
  }

  #requirement(): WrittenRequirement {
    const isNegated = this.#peek().text === '!' && this.#peek().type === 'symbol';
    if (isNegated) this.#next();
    const { type, text: key } = this.#next();
    if (type !== 'word') throw unparsable(`found '${key}', expected: identifier`);
    this.checkKey(key);
    if (isNegated) return { key, operator: '!', values: [] };
    if (this.#isOver()) return { key, operator: 'exists', values: [] };
    const operator = this.#next();
    switch (operator.text) {
      case 'in':
      case 'notin': return { key, operator: operator.text, values: this.#list() };
      case '=':
      case '==': return { key, operator: 'in', values: [this.#value()] };
      case '!=': return { key, operator: 'notin', values: [this.#value()] };
      case '>': return { key, operator: 'gt', values: [this.#value()] };
      case '<': return { key, operator: 'lt', values: [this.#value()] };
      default: throw unparsable(`found '${operator.text}', expected: ${binary}`);
    }
  }

  /** `(a,b)`; what is left out between commas is the empty value. */
  #list(): readonly string[] {
    const open = this.#next();
    if (open.text !== '(') throw unparsable(`found '${open.text}' expected: '('`);
    const values = [''];
    for (let isFirst = true; ; isFirst = false) {
      const token = this.#next();
      if (token.text === ')' && token.type === 'symbol') return values;
      if (token.text === ',' && token.type === 'symbol') {
        if (values.push('') > selectorLimit) throw unparsable(`more than ${String(selectorLimit)} values`);
      } else if (token.type !== 'word') {
        throw unparsable(`found '${token.text}', expected: ${isFirst ? "',', ')' or identifier" : "',', or identifier"}`);
      } else {
        values[values.length - 1] = token.text;
        const after = this.#peek();
        if (after.text !== ',' && after.text !== ')') throw unparsable(`found '${after.text}', expected: ',' or ')'`);
      }
    }
  }

  #value(): string {
    if (this.#isOver()) return '';
    const { type, text } = this.#next();
    if (type !== 'word') throw unparsable(`found '${text}', expected: identifier`);
    return text;
  }

  /** The requirement ends here. */
  #isOver(): boolean {
    const { type, text } = this.#peek();
    return type === 'end' || (type === 'symbol' && text === ',');
  }

  #peek(): Token {
    return this.tokens[this.#at] ?? end;
  }

  #next(): Token {
    return this.tokens[this.#at++] ?? end;
  }
}

function startsRequirement({ type, text }: Token): boolean {
  return type === 'word' || (type === 'symbol' && text === '!');
}

function unparsable(why: string): SelectorError {
  return new SelectorError(`unable to parse requirement: ${why}`);
}

/** Words, and symbols of one or two characters; blanks only part them. */
function tokens(text: string): readonly Token[] {
  return Array.from(text.matchAll(/(==|!=|[=!<>(),])|[^\s=!<>(),]+/g), ([found, symbol]): Token => ({ type: symbol === undefined ? 'word' : 'symbol', text: found.slice(0, 500) }));
}

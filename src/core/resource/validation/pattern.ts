import { RE2JS } from 're2js';

/**
 * A pattern in RE2 syntax: matching takes time linear in the text, so a hostile pattern or value costs nothing (B72).
 * @throws Error when the pattern is not RE2: look-around, back-references, repeats above 1,000 (B73).
 */
export function compilePattern(pattern: string): (text: string) => boolean {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.test(text);
}

/** Control characters (C0, DEL, C1), the line separators of Unicode, and marks that turn the direction of writing. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text from elsewhere as it may stand in a log line, an event or a terminal: control characters are escaped, and
 * what is longer than `longest` characters is cut. Rules: B84, B90.
 */
export function printable(text: string, longest = 1_024): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}… (${text.length} characters)` : text;
  return cut.replace(unprintable, (c) => (c === '\n' ? '\\n' : c === '\r' ? '\\r' : c === '\t' ? '\\t' : `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
}

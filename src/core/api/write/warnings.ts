/** All texts together may have this many characters before each is cut (A8). */
const roomForAll = 4_096;
const roomForEach = 256;

/** What a write has to say besides its outcome: in order, each once. Rule: A8. */
export class Warnings {
  readonly #texts = new Set<string>();

  add(text: string): void {
    this.#texts.add(text);
  }

  list(): readonly string[] {
    const texts = [...this.#texts];
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    return Object.freeze(length <= roomForAll ? texts : texts.map((text) => text.slice(0, roomForEach)));
  }
}

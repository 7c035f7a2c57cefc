import type { Clock } from '../../runtime/clock.js';
import type { FileSystem } from './file-system.js';

/** Room for some ten thousand deletes. */
const reserveBytes = 2 * 1024 * 1024;
/** How often a full disk is asked for room again. */
const retryMs = 1_000;

/**
 * A file of zeros that is given up when the disk is full, so that deletes can still be written down. While it is not
 * back, nothing else is written. Rule: S70.
 */
export class Reserve {
  readonly #files: FileSystem;
  readonly #path: string;
  readonly #clock: Clock;
  #held = false;
  #triedAtMs = -Infinity;
  #work: Promise<void> = Promise.resolve();

  constructor(files: FileSystem, dir: string, clock: Clock) {
    this.#files = files;
    this.#path = files.join(dir, 'reserve');
    this.#clock = clock;
  }

  /** Sets the room aside, or finds it; a disk without it is not an error yet. */
  async open(): Promise<void> {
    // It was synced before it was of use, so what is there in full is there.
    this.#held = await this.#files.sizeOf(this.#path).then((sizeBytes) => sizeBytes === reserveBytes, () => false);
    if (!this.#held) await this.#tryToHold();
  }

  get held(): boolean {
    return this.#held;
  }

  /** Whether puts may be written; asks for the room again now and then when they may not. */
  ready(): boolean {
    if (!this.#held && this.#clock.now() - this.#triedAtMs >= retryMs) void this.#tryToHold();
    return this.#held;
  }

  /** Gives the room up. True when there was some. */
  spend(): boolean {
    const held = this.#held;
    this.#held = false;
    this.#triedAtMs = this.#clock.now();
    if (!held) return false;
    try {
      this.#files.removeNow(this.#path);
      return true;
    } catch {
      // No room was gained: to the caller it is as if there had been none.
      return false;
    }
  }

  async close(): Promise<void> {
    this.#triedAtMs = Infinity;
    await this.#work;
  }

  #tryToHold(): Promise<void> {
    this.#triedAtMs = this.#clock.now();
    this.#work = this.#work.then(() => this.#hold());
    return this.#work;
  }

  async #hold(): Promise<void> {
    if (this.#held) return;
    try {
      const file = await this.#files.open(this.#path, 'create');
      try {
        await file.append(new Uint8Array(reserveBytes));
        await file.sync();
      } finally {
        await file.close();
      }
      this.#held = true;
    } catch {
      // Too little room: what was taken of it is given back.
      await this.#files.remove(this.#path).catch(() => undefined);
    }
  }
}

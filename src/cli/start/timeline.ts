/** Where lines go; a terminal gets a progress line besides. */
export interface Screen {
  readonly isTTY: boolean;
  readonly columns: number;
  write(text: string): void;
}

/** A readable account of a run: lines with their time, and on a terminal one line of progress below them. */
export interface Timeline {
  line(text: string): void;
  /** A heading: the next step of the run. */
  step(text: string): void;
  /** Unchanged text costs nothing; `undefined` takes the line away. */
  progress(text: string | undefined): void;
}

/** `seconds` is the time of the run, in its own clock. */
export function timeline(screen: Screen, seconds: () => number): Timeline {
  let shown: string | undefined;
  const erase = () => { if (shown !== undefined) screen.write('\r\u001b[2K'); };
  const paint = () => { if (shown !== undefined) screen.write(shown); };
  const line = (text: string) => {
    erase();
    screen.write(`${text}\n`);
    paint();
  };
  const stamp = () => `${seconds().toFixed(1).padStart(7)} s  `;
  return {
    line: (text) => { line(stamp() + text); },
    step: (text) => { line(''); line(`${stamp()}${screen.isTTY ? `\u001b[1m${text}\u001b[0m` : text}`); },
    progress(text) {
      if (!screen.isTTY) return;
      const cut = text?.slice(0, screen.columns - 1);
      if (cut === shown) return;
      erase();
      shown = cut;
      paint();
    },
  };
}

/** `12 of 20 pods Ready` as a bar. */
export function bar(done: number, all: number, width = 24): string {
  const full = all === 0 ? width : Math.round((done / all) * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
}

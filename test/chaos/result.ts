/** What a run of `npm run chaos` was asked for. */
export interface ChaosOrder {
  readonly name: string;
  readonly rounds: number | undefined;
  readonly minutes: number | undefined;
  readonly seed: number;
  /** Where the programs of this folder are, built. */
  readonly programs: string;
  readonly report: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What it found (X8). */
export interface ChaosResult {
  readonly name: string;
  readonly figures: { readonly [figure: string]: number };
  /** Acknowledged writes that were not there. */
  readonly lost: number;
  readonly duplicated: number;
  readonly violations: readonly string[];
  readonly pass: boolean;
}

/** It passes when nothing was lost, nothing duplicated, and no rule broken. */
export function resultOf(name: string, figures: ChaosResult['figures'], { lost, duplicated, violations }: Pick<ChaosResult, 'lost' | 'duplicated' | 'violations'>): ChaosResult {
  return { name, figures, lost, duplicated, violations: violations.slice(0, 20), pass: lost === 0 && duplicated === 0 && violations.length === 0 };
}

/** Why a key is to run (Q12). */
export interface Reason {
  readonly source: string;
  readonly detail?: string;
}

export const factsFile: string;
export function committedFacts(): object;
export function factsAreFresh(): boolean;
export function factsText(facts: object): string;

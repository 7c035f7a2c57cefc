export function roomOf(file: string): string | undefined;
export function whyNot(file: string, target: string): string | undefined;

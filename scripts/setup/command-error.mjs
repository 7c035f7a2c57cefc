/** Ends a command with this exit code and one sentence. The codes are those of docs/rules/commands.md. */
export class CommandError extends Error {
  constructor(exitCode, message) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** Wrong use: exit 2. */
export function wrongUse(message) {
  return new CommandError(2, message);
}

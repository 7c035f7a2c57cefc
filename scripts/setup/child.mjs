import { spawn } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { CommandError } from './command-error.mjs';

/** The checkout, wherever the command was called from. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** How long a child may take to stop before it and all that it started are killed (X10). */
const graceMs = 1_800;

/**
 * Runs a program to its end and answers its exit code. Throws a CommandError with 130 when the user interrupted it.
 *
 * The child leads a process group of its own, so that an interrupt reaches it once (from here), not once from the
 * terminal and once more from npm, and so that nothing that it started outlives it. `interactive` children stay in the
 * terminal's group, because they read from it.
 *
 * @param {{ cwd?: string, env?: object, quiet?: boolean, interactive?: boolean, stdout?: 'inherit' | 'collect' }} options
 * @returns {Promise<{ code: number, output: string }>} `output` is filled when stdout is collected or `quiet` is set.
 */
export function runChild(program, args, options = {}) {
  const collect = options.quiet || options.stdout === 'collect';
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd ?? root,
      env: { ...process.env, ...options.env },
      detached: !options.interactive,
      stdio: [options.interactive ? 'inherit' : 'ignore', collect ? 'pipe' : 'inherit', options.quiet ? 'pipe' : 'inherit'],
    });
    const output = [];
    child.stdout?.on('data', (chunk) => output.push(chunk));
    child.stderr?.on('data', (chunk) => output.push(chunk));

    let interrupted = false;
    let killTimer;
    const onSignal = (signal) => {
      if (interrupted) return;
      interrupted = true;
      if (!options.interactive) child.kill(signal);
      killTimer = setTimeout(() => { killGroup(child, options.interactive); }, graceMs);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    const finish = () => {
      clearTimeout(killTimer);
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    };

    child.on('error', (error) => {
      finish();
      reject(new CommandError(error.code === 'ENOENT' ? 3 : 4, `${program} could not be started: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      finish();
      if (interrupted) {
        killGroup(child, options.interactive);
        // Not an exit: whoever called removes its temporary folders on the way out (X10).
        reject(new CommandError(130, ''));
        return;
      }
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 4), output: Buffer.concat(output).toString() });
    });
  });
}

/** As `runChild`, for a step that must succeed: what it printed is shown only when it failed. */
export async function runStep(program, args, failure, options = {}) {
  const { code, output } = await runChild(program, args, { quiet: true, ...options });
  if (code !== 0) throw new CommandError(options.exitCode ?? 3, `${output.trimEnd()}\n${failure}`);
  return output;
}

/** Runs one of the installed development tools by its package's own script. */
export function nodeTool(path, args, options) {
  return runChild(process.execPath, [`node_modules/${path}`, ...args], options);
}

function killGroup(child, interactive) {
  try {
    if (interactive) child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nothing of the group is left, as it should be.
  }
}

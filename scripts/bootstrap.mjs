#!/usr/bin/env node
// The door of every npm script. Imports nothing but Node's own modules and the files beside it, so that it runs in a
// new clone with Node 20 and nothing else: it installs the packages, builds what is stale, and then runs the command.
import process from 'node:process';
import { ensureBuilt } from './setup/build.mjs';
import { CommandError } from './setup/command-error.mjs';
import { ensureEtcd } from './setup/etcd.mjs';
import { ensureInstalled } from './setup/install.mjs';
import { commands } from './commands.mjs';

const needs = { packages: ensureInstalled, build: ensureBuilt, etcd: ensureEtcd };

async function main([name, ...args]) {
  const command = commands[name];
  if (!command) throw new CommandError(2, `unknown command ${name ?? ''}; there are ${Object.keys(commands).sort().join(', ')}`);
  if (wantsHelp(args) && command.help) {
    process.stdout.write(`${command.help.trim()}\n`);
    return 0;
  }
  for (const need of command.needs?.(args) ?? []) await needs[need]();
  const { default: run } = await import(command.module);
  return run(args, name);
}

function wantsHelp(args) {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}

// `npm test | head` closes the pipe early; that is no fault.
process.stdout.on('error', (error) => { if (error.code !== 'EPIPE') throw error; });

main(process.argv.slice(2)).then(
  (code) => { process.exitCode = code; },
  (error) => {
    if (error instanceof CommandError) {
      if (error.message !== '') process.stderr.write(`${error.message}\n`);
      // `npm test` has only passed and failed (X11).
      process.exitCode = process.argv[2] === 'test' && error.exitCode === 3 ? 1 : error.exitCode;
    } else {
      process.stderr.write(`this command failed by a fault of its own: ${error?.stack ?? error}\n`);
      process.exitCode = 4;
    }
  },
);

import { nodeTool } from '../setup/child.mjs';

export default async function run(args) {
  return (await nodeTool('@changesets/cli/bin.js', args.length > 0 ? args : ['add'], { interactive: true })).code;
}

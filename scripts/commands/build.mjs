import { build } from '../setup/build.mjs';
import { readFlags } from '../flags.mjs';

export default async function run(args) {
  readFlags(args, {});
  await build();
  return 0;
}

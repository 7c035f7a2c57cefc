import { describe, expect, test } from '@jest/globals';
import { findings, marked, type Finding } from './compile.js';

/** How the last line of each message reads: what the tour promises that users see. */
const core: { readonly [number: string]: string | RegExp } = {
  '01': `Property 'imagee' does not exist on type '{ readonly image: string; readonly replicas: number; }'. Did you mean 'image'?`,
  '02': `Cannot assign to 'replicas' because it is a read-only property.`,
  '03': `Property 'push' does not exist on type 'readonly string[]'.`,
  '04': `Type 'string' is not assignable to type 'number'.`,
  '05': /^Property 'readyReplicas' is missing in type '\{ url: string; \}' but required in type '\{ readonly readyReplicas: number; /,
  '06': /is not assignable to type 'NoSuchField<"status\.ulr">'\.$/,
  '07': /^Type '\{ requeueAfer: number; \}' is not assignable to type 'void \| Outcome</,
  '08': /is not assignable to type 'NoSuchField<"requeueAfer">'\.$/,
  '09': /^Type 'string' is not assignable to type 'void \| Outcome</,
  '10': /^Type '\{ requeueAfter: number; \}' is missing the following properties from type 'Promise</,
  '11': /has no properties in common with type 'Conditions<"Ready" \| "Degraded">'\.$/,
  '12': `Property 'reason' is missing in type '{ status: true; }' but required in type 'ConditionInput'.`,
  '13': /'dta' does not exist in type 'ApplyInput<NoInfer<ConfigMap>>'\. Did you mean to write 'data'\?$/,
  '14': `Property 'name' is missing in type '{}' but required in type '{ readonly name: string; }'.`,
  '15': /'imagee' does not exist in type 'Container'\. Did you mean to write 'image'\?$/,
  '16': `Property 'image' is missing in type '{ replicas: number; }' but required in type '{ readonly image: string; readonly replicas?: number | undefined; }'.`,
  '17': /^Type '"Allways"' is not assignable to type '.*'\. Did you mean '"Always"'\?$/,
  '18': `'m' is possibly 'undefined'.`,
  '19': /'minLenght' does not exist in type 'Strings & Defaulted<undefined>'\. Did you mean to write 'minLength'\?$/,
  '20': `Type 'string' is not assignable to type 'number'.`,
  '21': `Type '"c"' is not assignable to type '"a" | "b" | undefined'.`,
  '22': `Argument of type '"id"' is not assignable to parameter of type '"name" | readonly "name"[]'.`,
  '23': /'shortnames' does not exist in type 'ResourceOptions & .*Did you mean to write 'shortNames'\?$/,
  '24': /^Property 'spec' is missing in type /,
  '25': `Type 'number' is not assignable to type 'Ref | TriggerValue'.`,
  '26': `Type 'number' is not assignable to type 'Iterable<Ref> | Promise<Iterable<Ref>>'.`,
  '27': `Argument of type '"nope"' is not assignable to parameter of type 'never'.`,
  '28': `Argument of type 'string' is not assignable to parameter of type 'Token<unknown>'.`,
  '29': 'Target signature provides too few arguments. Expected 3 or more, but got 2.',
  '30': `Argument of type 'number' is not assignable to parameter of type 'string'.`,
  '31': `Type 'string' is not assignable to type 'number'.`,
  '32': /is not assignable to type 'RunOptions'\.$/,
  '43': `Type '"upsrt"' is not assignable to type '"upsert" | "remove"'. Did you mean '"upsert"'?`,
  '44': /'replica' does not exist in type '\{ readonly image\?: string \| null \| undefined; .*Did you mean to write 'replicas'\?$/,
  '46': `Type '{ requeueAfter: number; }' is not assignable to type 'void'.`,
  '47': /'img' does not exist in type '\{ readonly image: string; /,
  '49': `Type 'string' is not assignable to type 'number'.`,
};

const scheduler: { readonly [number: string]: string | RegExp } = {
  '33': /'stor' does not exist in type 'RunOptions'\. Did you mean to write 'store'\?$/,
  '34': `Type 'Cluster' is not assignable to type 'undefined'.`,
  '35': /'store' does not exist in type 'Runnable<unknown>'\.$/,
  '36': `Type '"call .with(config) first"' is not assignable to type '"ready"'.`,
  '37': /'cap' does not exist in type '\{ readonly capPerHour: number; readonly floor\?: number \| undefined; \}'\.$/,
  '38': `Type 'string' is not assignable to type 'Awaitable<number>'.`,
  '39': `Property 'perHuor' does not exist on type 'Prices'. Did you mean 'perHour'?`,
  '40': `Type 'false' is not assignable to type 'Verdict'.`,
  '41': /^Argument of type '"UpdateLabel"' is not assignable to parameter of type '"Add" \| /,
  '42': /'replicaset' does not exist in type /,
  '45': `Property 'kap' does not exist on type '{ readonly cap: number; }'.`,
  '48': `Property 'explain' does not exist on type 'ControllerHandle'.`,
};

function judge(found: readonly Finding[], number: string, wanted: string | RegExp | undefined): void {
  const first = found.find((finding) => finding.number === number);

  expect(first).toBeDefined();
  if (typeof wanted === 'string') expect(first?.last).toBe(wanted);
  else expect(first?.last).toMatch(wanted ?? /^no message is promised for this number$/);
}

describe('mistakes do not compile, and say what is wrong', () => {
  const file = 'test/types/mistakes.ts';
  const found = findings(file);
  const schedulerFile = 'test/types/scheduler-mistakes.ts';
  const schedulerFound = findings(schedulerFile);

  test.each(marked(file))('%s', (number) => { judge(found, number, core[number]); });

  test.each(marked(schedulerFile))('%s', (number) => { judge(schedulerFound, number, scheduler[number]); });

  test('a builder that was not finished is named as lacking what a part has', () => {
    expect(found.find(({ number }) => number === '32')?.message).toMatch(/'ControllerBuilder<.*' is missing the following properties from type 'Runnable<unknown>': name, /);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../setup/child.mjs';

const kindsFolder = join(root, 'src', 'kinds');
export const generatedFolder = join(kindsFolder, 'generated');
/** What registry code of upstream says of a kind, by hand. */
export const registryFile = join(root, 'scripts', 'generate', 'registry.tsv');
const correctionsFile = join(kindsFolder, 'messages', 'corrections.ts');

/** Kinds that have no file here: views of another kind's objects (T18), reviews that nobody stores, and alpha versions (T19). */
const leftOut = new Set([
  // Addresses and ports are given out by code that is not there yet.
  'v1 Service',
  'events.k8s.io/v1 Event', 'autoscaling/v1 HorizontalPodAutoscaler',
  'authentication.k8s.io/v1 TokenReview', 'authentication.k8s.io/v1 SelfSubjectReview', 'authorization.k8s.io/v1 SubjectAccessReview', 'authorization.k8s.io/v1 SelfSubjectAccessReview',
  'authorization.k8s.io/v1 SelfSubjectRulesReview', 'authorization.k8s.io/v1 LocalSubjectAccessReview', 'v1 ComponentStatus',
  'scheduling.k8s.io/v1alpha2 Workload', 'scheduling.k8s.io/v1alpha2 PodGroup',
]);

/** Types of JSON values that are no messages. */
const scalars = {
  string: 'string', int32: 'number', int64: 'number', double: 'number', bool: 'boolean', Quantity: 'string', IntOrString: 'number | string', Time: 'string', MicroTime: 'string', Duration: 'string',
  Bytes: 'string', Raw: '{ readonly [field: string]: unknown }', FieldsV1: '{ readonly [field: string]: unknown }', Json: 'unknown',
};
/** Messages that have a type elsewhere, by another name. */
const elsewhere = {
  'meta/v1.ObjectMeta': { name: 'TemplateMeta', from: '../meta-v1.js' }, 'meta/v1.LabelSelector': { name: 'LabelSelector', from: '../meta-v1.js' },
  'meta/v1.Condition': { name: 'Condition', from: '../../core/resource/object.js' },
  'core/v1.ObjectReference': { name: 'ObjectReference', from: '../meta-v1.js' }, 'core/v1.LocalObjectReference': { name: 'LocalObjectReference', from: '../meta-v1.js' },
};

/** The files of the generated folder but the facts: name → text. */
export async function handleFiles({ messages, enums }, rows) {
  const model = new Model(messages, enums, await corrections(), handTypes(), rows.filter(isMade));
  const files = new Map([...model.groups()].map(([group, kinds]) => [`${group.replace('/', '-')}.ts`, model.file(group, kinds)]));
  files.set('index.ts', `${head}${[...files.keys()].map((name) => `export * from './${name.replace(/\.ts$/, '.js')}';\n`).join('')}`);
  return files;
}

const head = '// Written by `npm run generate` from the Go types of Kubernetes. Do not edit.\n';

function isMade(row) {
  return !leftOut.has(named(row)) && !byHand().has(named(row));
}

function named({ group, version, kind }) {
  return `${group === '' ? version : `${group}/${version}`} ${kind}`;
}

/** Kinds whose handle is written by hand. */
function byHand() {
  const kinds = new Set(['v1 Binding', 'v1 Event', 'v1 Namespace', 'coordination.k8s.io/v1 Lease', 'apiextensions.k8s.io/v1 CustomResourceDefinition']);
  for (const file of handFiles()) {
    for (const [, group, version, kind] of readFileSync(file, 'utf8').matchAll(/group: '([^']*)', version: '([^']*)', kind: '([^']*)'/g)) kinds.add(named({ group, version, kind }));
  }
  return kinds;
}

function handFiles() {
  return ['.', 'core-v1'].flatMap((folder) => readdirSync(join(kindsFolder, folder)).filter((name) => name.endsWith('.ts') && name !== 'index.ts').map((name) => join(kindsFolder, folder, name)));
}

/** Names of types that are written by hand, and where they are: those of core/v1 and apps/v1. */
function handTypes() {
  const found = new Map();
  for (const file of handFiles()) {
    const from = `../${file.slice(kindsFolder.length + 1).replace(/\.ts$/, '.js')}`;
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/^export (?:interface|type) (\w+)/gm)) found.set(name, from);
  }
  return found;
}

/** The table itself, which is TypeScript without anything but a value. */
async function corrections() {
  const { outputText } = ts.transpileModule(readFileSync(correctionsFile, 'utf8'), { compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });
  return (await import(`data:text/javascript;base64,${Buffer.from(outputText).toString('base64')}`)).corrections;
}

function registry() {
  const [, ...lines] = readFileSync(registryFile, 'utf8').trimEnd().split('\n');
  return new Map(lines.map((line) => {
    const [kind, facts] = line.split('\t');
    return [kind, Object.fromEntries(facts.split(' ').map((fact) => fact.split('=')).map(([name, value = true]) => [name, value]))];
  }));
}

class Model {
  constructor(messages, enums, corrected, hand, rows) {
    Object.assign(this, { messages, enums, corrected, hand, rows, registry: registry() });
    this.kindOf = new Map(rows.map((row) => [messageOf(row), row]));
    this.names = this.#names();
  }

  /** Each group with its kinds, in the order of the table; then those that only have types which others use. */
  groups() {
    const groups = new Map();
    for (const row of this.rows) groups.set(groupOf(row), [...(groups.get(groupOf(row)) ?? []), row]);
    for (const message of this.names.keys()) if (!groups.has(split(message)[0])) groups.set(split(message)[0], []);
    return groups;
  }

  file(group, kinds) {
    const mine = [...this.names.keys()].filter((message) => split(message)[0] === group && !this.kindOf.has(message)).sort();
    const imports = new Map();
    const use = (message) => {
      const { name, from } = this.#typeOf(message, group);
      if (from) imports.set(from, (imports.get(from) ?? new Set()).add(name));
      return name;
    };
    const bodies = [
      ...kinds.map((row) => this.#kindText(row, use)),
      ...mine.map((message) => `export interface ${this.names.get(message)} {\n${this.#fieldsText(message, use)}}\n`),
    ].join('\n');
    const fixed = "import { defineBuiltinKind } from '../../core/resource/builtin-kind.js';\nimport type { Kind } from '../../core/resource/kind.js';\nimport type { KubeObject, ObjectMeta } from '../../core/resource/object.js';\n"
      + "import { kindSchema } from '../messages/table.js';\n";
    const plugs = new Map();
    for (const [, file, name] of kinds.flatMap((row) => [...(this.registry.get(named(row))?.plugs ?? '').matchAll(/^(\w+):(\w+)$/g)])) plugs.set(file, (plugs.get(file) ?? new Set()).add(name));
    const plugImports = [...plugs].sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, names]) => `import { ${[...names].sort().join(', ')} } from '../plugs/${file}.js';\n`).join('');
    const typeImports = [...imports].sort(([a], [b]) => (a < b ? -1 : 1)).map(([from, names]) => `import type { ${[...names].sort().join(', ')} } from '${from}';\n`).join('');
    return `${head}${kinds.length === 0 ? '' : fixed}${plugImports}${typeImports}\n${bodies}`;
  }

  #kindText(row, use) {
    const { group, version, kind, plural, singular, shortNames, categories, namespaced, subresources } = row;
    const message = messageOf(row);
    const facts = this.registry.get(named(row)) ?? {};
    const subs = subresources.split(',');
    const words = (text) => `[${text.split(',').map((word) => `'${word}'`).join(', ')}]`;
    const options = [
      ...(singular === kind.toLowerCase() ? [] : [`singular: '${singular}'`]), ...(shortNames === '' ? [] : [`shortNames: ${words(shortNames)}`]), ...(categories === '' ? [] : [`categories: ${words(categories)}`]),
      ...(subs.includes('status') ? ['statusSubresource: true'] : []), ...(subs.includes('scale') ? ["scale: { spec: '.spec.replicas', status: '.status.replicas', selector: '.spec.selector' }"] : []),
      ...(facts.generation ? ['hasGeneration: true'] : []), ...(facts.conditional ? ['unconditionalUpdate: false'] : []), ...(facts.createOnUpdate ? ['createOnUpdate: true'] : []),
      ...(facts.key ? [`storageKey: '${facts.key}'`] : []), ...(facts.name ? [`nameRule: '${facts.name}'`] : []), ...(facts.fields ? [`selectableFields: ${words(facts.fields)}`] : []),
      ...(facts.plugs ? [`plugs: ${facts.plugs.split(':')[1]}`] : []),
    ];
    return `export interface ${kind} extends KubeObject {\n  readonly metadata: ObjectMeta<${namespaced === 'true' ? 'string' : 'undefined'}>;\n${this.#fieldsText(message, use, 'metadata')}}\n`
      + `export const ${kind}: Kind<${kind}> = defineBuiltinKind<${kind}>({\n`
      + `  group: '${group}', version: '${version}', kind: '${kind}', plural: '${plural}', namespaced: ${namespaced}, schema: () => kindSchema('${message}'),\n${options.length === 0 ? '' : `  ${options.join(', ')},\n`}});\n`;
  }

  #fieldsText(message, use, omit) {
    const { required = [], optional = [], enums = {}, open = [] } = this.corrected[message] ?? {};
    return this.#fields(message).filter(([json]) => json !== omit).map(([json, type, flags]) => {
      const isNeeded = ((flags.includes('r') && !message.endsWith('Status')) || required.includes(json)) && !optional.includes(json);
      const shown = enums[json] ? enums[json].map((value) => `'${value}'`).join(' | ') : open.includes(json) ? 'string' : this.#tsType(type, use);
      const isNull = !isNeeded && !flags.includes('p') && !flags.includes('z') && (/^(Micro)?Time$/.test(type) || (!flags.includes('o') && /^(\[\]|\{\})/.test(type)));
      return `  readonly ${/^[\w$]+$/.test(json) ? json : `'${json}'`}${isNeeded ? '' : '?'}: ${shown}${isNull ? ' | null' : ''};\n`;
    }).join('');
  }

  #tsType(type, use) {
    if (type.startsWith('[]')) { const inner = this.#tsType(type.slice(2), use); return `readonly ${/[ |]/.test(inner) ? `(${inner})` : inner}[]`; }
    if (type.startsWith('{}')) return `{ readonly [key: string]: ${this.#tsType(type.slice(2), use)} }`;
    if (scalars[type]) return scalars[type];
    const values = this.#find(this.enums, type);
    if (values) return [...values].sort().map((value) => `'${value}'`).join(' | ');
    // An object of a kind inside another (a claim in a template) need not say what it is.
    if (this.kindOf.has(type)) return `{ readonly apiVersion?: string; readonly kind?: string; readonly metadata?: ${use('meta/v1.ObjectMeta')}; ${this.#fields(type).filter(([json]) => json !== 'metadata').map(([json, inner]) => `readonly ${json}?: ${this.#tsType(inner, use)};`).join(' ')} }`;
    return use(type);
  }

  #typeOf(message, group) {
    const other = this.#other(message);
    if (other) return other;
    const name = this.names.get(message);
    const own = message.slice(0, message.indexOf('.'));
    return own === group ? { name } : { name, from: `./${own.replace('/', '-')}.js` };
  }

  /** The type that is written by hand, if there is one. */
  #other(message) {
    if (elsewhere[message]) return elsewhere[message];
    const [group, name] = split(message);
    const from = (group === 'core/v1' || group === 'apps/v1') ? this.hand.get(name) : undefined;
    return from ? { name, from } : undefined;
  }

  /** What each message's type is called: by its own name, or with its group's where that is taken. */
  #names() {
    const all = [...this.#reached([...this.kindOf.keys()])].filter((message) => !this.#other(message));
    const count = new Map();
    for (const message of all) count.set(split(message)[1], (count.get(split(message)[1]) ?? 0) + 1);
    return new Map(all.map((message) => {
      const [group, name] = split(message);
      const isFree = this.kindOf.has(message) || (count.get(name) === 1 && !this.hand.has(name));
      return [message, isFree ? name : prefixOf(group) + name];
    }));
  }

  #reached(start) {
    const seen = new Set();
    const visit = (type) => {
      const plain = type.replace(/^(\[\]|\{\})+/, '');
      if (seen.has(plain) || !this.#find(this.messages, plain)) return;
      if (this.#other(plain)) { seen.add(plain); return; }
      seen.add(plain);
      for (const [, inner] of this.#fields(plain)) visit(inner);
    };
    for (const message of start) visit(message);
    return seen;
  }

  #fields(message) {
    return this.#find(this.messages, message).fields.flatMap((field) => (field[0] === '' ? this.#fields(field[1]) : [field]));
  }

  #find(table, type) {
    const [group, name] = split(type);
    return table[group] && Object.hasOwn(table[group], name) ? table[group][name] : undefined;
  }
}

function split(message) {
  const dot = message.indexOf('.');
  return [message.slice(0, dot), message.slice(dot + 1)];
}

function groupOf({ group, version }) {
  return `${group === '' ? 'core' : group.split('.')[0]}/${version}`;
}

function messageOf(row) {
  return `${groupOf(row)}.${row.kind}`;
}

/** `flowcontrol/v1` → `Flowcontrol`, `autoscaling/v2` → `AutoscalingV2`. */
function prefixOf(group) {
  const [name, version] = group.split('/');
  return name[0].toUpperCase() + name.slice(1) + (version === 'v1' ? '' : version[0].toUpperCase() + version.slice(1));
}

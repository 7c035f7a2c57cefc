import { relative, resolve, dirname } from 'node:path';
import { root } from '../setup/child.mjs';

/**
 * Which room may import which: the table of ARCHITECTURE.md. Every room may import core/runtime, and every room from
 * core/api on core/resource. `public` stands for the entry points of the package.
 */
export const importTable = {
  'core/runtime': [],
  'core/resource': [],
  'core/store': [],
  'core/api': ['core/store'],
  'core/client': ['core/api'],
  'core/informer': ['core/client'],
  'core/queue': [],
  'core/controller': ['core/informer', 'core/queue', 'core/client'],
  'core/election': ['core/client'],
  'core/manager': ['core/store', 'core/api', 'core/client', 'core/informer', 'core/queue', 'core/controller', 'core/election'],
  core: ['core/store', 'core/api', 'core/client', 'core/informer', 'core/queue', 'core/controller', 'core/election', 'core/manager'],
  kinds: [],
  controllers: ['core', 'kinds'],
  scheduler: ['core', 'kinds'],
  node: ['core', 'kinds'],
  'the entry point': ['core', 'core/manager', 'controllers'],
  testing: ['public', 'core', 'core/store', 'core/api', 'core/client', 'core/manager'],
  cli: ['public'],
};
const withoutResource = ['core/runtime', 'core/store'];
const roomsOfCore = Object.keys(importTable).filter((room) => room.startsWith('core/'));

/** Single files that a room may import beside its rooms, because they are what it plugs into. */
const apiInterface = ['src/core/api/api.ts', 'src/core/api/api-error.ts'];
const alsoFiles = {
  'core/informer': apiInterface,
  'core/controller': apiInterface,
  'core/election': apiInterface,
  kinds: [...apiInterface, 'src/core/api/plugs.ts'],
};

const entryPoints = ['src/index.ts', 'src/core/index.ts', 'src/kinds/index.ts', 'src/controllers/index.ts', 'src/scheduler/index.ts', 'src/node/index.ts', 'src/core/store/index.ts', 'src/core/store/etcd/index.ts', 'src/testing/index.ts'];

/** The room of a file below src; undefined for files that are in none. */
export function roomOf(file) {
  const [top, second] = file.split('/').slice(1);
  if (!file.startsWith('src/')) return undefined;
  if (file === 'src/index.ts') return 'the entry point';
  if (top !== 'core') return top;
  return roomsOfCore.includes(`core/${second}`) ? `core/${second}` : 'core';
}

/** Why `file` may not import `target`; undefined when it may. Paths are relative to the checkout, with slashes. */
export function whyNot(file, target) {
  const room = roomOf(file);
  const other = roomOf(target);
  if (room === undefined || other === undefined || room === other) return undefined;
  if (!Object.hasOwn(importTable, room)) return `src/${room} is in no row of the import table; add it to ARCHITECTURE.md and scripts/lint/rooms.mjs`;
  const allowed = importTable[room];
  if (other === 'core/runtime' || (other === 'core/resource' && !withoutResource.includes(room))) return undefined;
  if (allowed.includes(other) || (alsoFiles[room] ?? []).includes(target)) return undefined;
  if (allowed.includes('public') && entryPoints.includes(target)) return undefined;
  const may = ['core/runtime', ...(withoutResource.includes(room) ? [] : ['core/resource']), ...allowed].filter((each) => each !== room);
  return `${room} may import only ${may.join(', ').replace('public', 'entry points')}; this is ${other}. `
    + 'Move the code to the room that owns it, or pass the value in from the manager (ARCHITECTURE.md, Rooms)';
}

/** The import table as an eslint rule; examples import the package only by its entry points. */
export const rooms = {
  meta: { type: 'problem', schema: [], messages: { no: '{{why}}.' } },
  create(context) {
    const file = relative(root, context.filename).replaceAll('\\', '/');
    const check = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string') return;
      const why = source.startsWith('.') ? whyOfRelative(file, source) : whyOfPackage(file, source);
      if (why !== undefined) context.report({ node, messageId: 'no', data: { why } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

function whyOfRelative(file, source) {
  const target = relative(root, resolve(root, dirname(file), source)).replaceAll('\\', '/').replace(/\.js$/, '.ts');
  if (file.startsWith('examples/')) {
    return target.startsWith('examples/') ? undefined : 'an example imports setpoint as a user does: from \'setpoint\' and its entry points';
  }
  return whyNot(file, target);
}

function whyOfPackage(file, source) {
  if (!file.startsWith('src/')) return undefined;
  if (/^inversify(\/|$)/.test(source) && roomOf(file) !== 'core/manager') return 'inversify is the business of core/manager alone: take what you need as a parameter';
  if (/^(@grpc|@bufbuild)\//.test(source) && !file.startsWith('src/core/store/etcd/')) return 'only src/core/store/etcd may load the etcd client\'s packages';
  if (/^yaml$|^commander$/.test(source) && roomOf(file) !== 'cli') return `${source} belongs to the command line: the library takes values`;
  if (/^setpoint(\/|$)/.test(source)) return 'inside the package import by relative path, so that one copy of each file is built';
  return undefined;
}

import { readFileSync, readdirSync } from 'node:fs';
import { defineConfig } from 'tsup';

interface Manifest { readonly exports: { readonly [path: string]: string | { readonly import: string } } }
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;

/** The source of every entry point of package.json, and of the command. */
const entries = Object.values(manifest.exports)
  .flatMap((target) => (typeof target === 'string' ? [] : [target.import.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts')]));

const examples = readdirSync('examples', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts')).map((file) => `examples/${file}`);

/** Declarations are made by tsc (tsconfig.build.json): tsup's own step stops on TypeScript 6. */
const common = { format: 'esm', target: 'node20.19', platform: 'node', sourcemap: true, dts: false, silent: true } as const;

export default defineConfig([
  // Splitting keeps one copy of what entry points share: an object made by one is known to the others.
  { ...common, entry: Object.fromEntries([...entries, 'src/cli/main.ts'].map((file) => [file.slice('src/'.length, -'.ts'.length), file])), outDir: 'dist', splitting: true, treeshake: true, clean: true },
  // Examples see the package as users do: 'setpoint' is found by self-reference, in dist.
  { ...common, entry: Object.fromEntries(examples.map((file) => [file.slice('examples/'.length, -'.ts'.length), file])), outDir: '.build/examples', bundle: false, splitting: false, clean: true },
]);

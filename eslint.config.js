import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { rooms } from './scripts/lint/rooms.mjs';

/** Everything that is not a function of its inputs comes in through the runtime; simulation depends on it. */
const runtimeOnly = [
  ['Date', 'Take the time from clock.wall() or clock.now() of the injected runtime; format with timestamp() of core/runtime/clock.ts.'],
  ['performance', 'Measure with clock.now() of the injected runtime.'],
  ['setTimeout', 'Use clock.setTimer, alarm or sleep of core/runtime/clock.ts.'],
  ['setInterval', 'Use clock.setTimer, alarm or sleep of core/runtime/clock.ts.'],
  ['setImmediate', 'Use clock.yield() of the injected runtime.'],
  ['process', 'The library knows no process: take what you need as an option. The command line in src/cli may.'],
  ['console', 'Log through the injected Logger.'],
].map(([name, message]) => ({ name, message }));

const runtimeOnlyProperties = [
  { object: 'Math', property: 'random', message: 'Draw from random.next(stream) of the injected runtime.' },
  { object: 'crypto', property: 'randomUUID', message: 'Draw from random.uuid(stream) of the injected runtime.' },
  { object: 'crypto', property: 'getRandomValues', message: 'Draw from random of the injected runtime.' },
];

const runtimeOnlyImports = {
  paths: [
    { name: 'rxjs', importNames: ['timer', 'interval', 'delay', 'debounceTime', 'throttleTime', 'auditTime', 'sampleTime', 'bufferTime', 'windowTime', 'timeout', 'timeInterval', 'timestamp', 'asyncScheduler'], message: 'Time comes from the injected runtime\'s clock, not from rxjs.' },
    ...['node:timers', 'node:timers/promises', 'node:perf_hooks', 'timers', 'perf_hooks'].map((name) => ({ name, message: 'Time comes from the injected runtime\'s clock.' })),
    { name: 'node:process', message: 'The library knows no process: take what you need as an option.' },
    { name: 'node:crypto', importNames: ['randomUUID', 'randomBytes', 'randomInt'], message: 'Draw from random of the injected runtime.' },
  ],
};

export default defineConfig(
  globalIgnores(['dist', '.build', 'coverage', 'node_modules', '**/*.d.ts']),
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { setpoint: { rules: { rooms } } },
    languageOptions: { parserOptions: { project: './tsconfig.lint.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'setpoint/rooms': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-syntax': ['error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name: a default has another name in every file that imports it.' },
        { selector: 'TSEnumDeclaration', message: 'Use a union of string literals: an enum is code where a type would do.' },
      ],
      'max-lines': ['error', { max: 600 }],
      eqeqeq: 'error',

      // Numbers, and the branded strings of names and versions, are what messages are made of here.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      // `({ a: _, ...rest }) => rest` is the way to leave a member out.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // `return absent(error)` of a function that answers undefined is no confusion, and `() => void stop()` says what it means.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // Values from outside (JavaScript callers, decoded JSON) are not always what their type says: checks at the border stay.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-type-conversion': 'off',
      // A callback may answer something or nothing: `Outcome | void` is how our public types say so.
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Our interfaces are made of functions that use no `this`, so that users may take them apart: `({ apply, get }) => …`.
      '@typescript-eslint/unbound-method': 'off',
      // Objects of our classes come out of narrowing (`instanceof`, invariant) as often as out of constructors.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // A getter in an object literal has a `this` of its own.
      '@typescript-eslint/no-this-alias': ['error', { allowedNames: ['self'] }],
      // A token is an empty class of its own.
      '@typescript-eslint/no-extraneous-class': ['error', { allowEmpty: true }],
      // Takes casts for idle that give a literal or a destructured value its type, and would remove them.
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // We have no enums; those of packages we use take plain numbers.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // Type parameters that only carry a type to the caller are what a schema DSL is made of.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `{}` closes an intersection into one object in hovers (Flat), and marks "anything that is not null" in constraints.
      '@typescript-eslint/no-empty-object-type': 'off',
      // Brand and name of a token: `interface Dns` and `const Dns = token<Dns>('Dns')` share their name on purpose.
      '@typescript-eslint/no-redeclare': 'off',
      // An empty method that an interface asks for needs no comment to say so.
      '@typescript-eslint/no-empty-function': 'off',
      // Interfaces ask for promises where some implementations have nothing to await.
      '@typescript-eslint/require-await': 'off',
      // `return promise` inside try is caught by the rule's default; elsewhere both forms are right.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      // `delete map[key]` on our own plain objects (trees before they are frozen) is what is meant.
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/core/runtime/**', 'src/cli/**'],
    rules: {
      'no-restricted-globals': ['error', ...runtimeOnly],
      'no-restricted-properties': ['error', ...runtimeOnlyProperties],
      'no-restricted-imports': ['error', runtimeOnlyImports],
    },
  },
  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts', '*.ts'],
    rules: {
      // Tests poke at the edges: a value that is surely there, a malformed object.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // What happens when a user's code throws something that is no error is a thing to test.
      '@typescript-eslint/only-throw-error': 'off',
      // Doubles are made of the real thing with one function replaced.
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  {
    // Tools of the build ask for a default export.
    files: ['*.config.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);

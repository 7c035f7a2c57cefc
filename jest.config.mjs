/** Tests run as native ES modules; TypeScript is stripped by swc, types are checked by `npm run check -- types`. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/examples'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', {
      jsc: { parser: { syntax: 'typescript', decorators: true }, target: 'es2022', transform: { legacyDecorator: true, decoratorMetadata: true } },
      module: { type: 'es6' }, sourceMaps: 'inline',
    }],
  },
  moduleNameMapper: {
    '^(\\.{1,2}/.*)\\.js$': '$1',
    '^setpoint$': '<rootDir>/src/index.ts',
    '^setpoint/store$': '<rootDir>/src/core/store/index.ts',
    '^setpoint/store/etcd$': '<rootDir>/src/core/store/etcd/index.ts',
    '^setpoint/(kinds|controllers|scheduler|testing)$': '<rootDir>/src/$1/index.ts',
  },
  testTimeout: 120_000,
};

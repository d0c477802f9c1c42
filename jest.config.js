/** Native ESM with swc: the same TypeScript files that Node runs by type stripping and esbuild bundles for Lambda. */
export default {
  testEnvironment: '<rootDir>/test/support/plain-globals-environment.js',
  testSequencer: '<rootDir>/test/support/test-sequencer.js',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  testTimeout: 30_000,
  // Jest would leave one of two cores to itself.
  maxWorkers: 2,
  coverageDirectory: 'coverage',
  coverageReporters: ['text-summary', 'lcov', 'json-summary'],
  collectCoverageFrom: [
    'src/domain/**/*.ts',
    'src/application/**/*.ts',
    'src/adapters/dynamodb/step-attempt-store.ts',
    'functions/tasks/*.ts',
    'functions/events/*.ts',
  ],
  coverageThreshold: { global: { statements: 100, branches: 100 } },
};

const shared = {
  testEnvironment: 'node',
  transform: { '^.+\\.[tj]s$': ['@swc/jest', { jsc: { target: 'es2023', parser: { syntax: 'typescript' } } }] },
  transformIgnorePatterns: [
    'node_modules/(?!(cookie|gremlin|jose|scule|@platformatic/(?:dynamic-buffer|kafka|wasm-utils))/)',
  ],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/infra/dist', '<rootDir>/cdk.out', '<rootDir>/.hub'],
};

/** One project a kind of test; `npm test -- --selectProjects unit` runs one of them. */
const project = (name, extra = {}) => ({
  ...shared,
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  ...extra,
});

module.exports = {
  projects: [
    project('unit'),
    project('contract'),
    project('workflow'),
    project('replay'),
    project('e2e'),
    project('rooms'),
    project('infra'),
    project('browser', {
      globalSetup: '<rootDir>/test/browser/support/sample-hub.ts',
      globalTeardown: '<rootDir>/test/browser/support/stop-sample-hub.ts',
    }),
  ],
  // Engines and the real hub share two cores with the tests: two workers keep both busy without starving either.
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/support/engines-reporter.js'],
  testTimeout: 60_000,
};

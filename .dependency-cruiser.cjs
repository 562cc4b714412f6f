/** The layers of ARCHITECTURE.md as rules. `import type` passes upwards-only rules marked with valueOnly. */
const LAYERS = 'core|ports|adapters|schemas|activities|workflows|workers|starters|bench|infra|website';

/** Nothing in `from` may import, at run time, any project folder but those in `allowed`. */
const layer = (from, allowed, options = {}) => ({
  name: `${from}-imports`,
  severity: 'error',
  comment: `${from}/ may import only: ${[from, ...allowed].join(', ')}`,
  from: { path: `^(test/fixtures/boundaries/)?${from}/` },
  to: {
    path: `^(test/fixtures/boundaries/)?(${LAYERS})/`,
    pathNot: `^(test/fixtures/boundaries/)?(${[from, ...allowed].join('|')})/`,
    ...(options.typesToo ? {} : { dependencyTypesNot: ['type-only'] }),
  },
});

module.exports = {
  forbidden: [
    layer('schemas', [], { typesToo: true }),
    layer('core', []),
    layer('ports', ['core', 'schemas'], { typesToo: true }),
    layer('adapters', ['ports', 'core', 'schemas'], { typesToo: true }),
    layer('activities', ['ports', 'core', 'schemas']),
    layer('workflows', ['core']),
    layer('workers', ['activities', 'adapters', 'ports', 'core', 'schemas']),
    layer('starters', ['workers', 'adapters', 'ports', 'core', 'schemas']),
    layer('website', []),
    {
      name: 'infra-imports',
      severity: 'error',
      comment: 'infra/ may import only schemas, core, and definitions of tables that are data',
      from: { path: '^infra/' },
      to: {
        path: `^(${LAYERS})/`,
        pathNot: '^(infra|schemas|core)/|^adapters/aws/dynamodb/trigger-tables',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'infra-alone-has-the-cdk',
      severity: 'error',
      comment: 'what is deployed never needs what deploys it',
      from: { pathNot: '^(infra|test)/' },
      to: { path: 'node_modules/(aws-cdk|aws-cdk-lib|cdk-nag|constructs)/' },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'core/ has no I/O, and no vendor SDK',
      from: { path: '^(test/fixtures/boundaries/)?core/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev'],
        dependencyTypesNot: ['type-only'],
        // Libraries that only compute.
        pathNot: 'node_modules/(simple-statistics|libphonenumber-js)/',
      },
    },
    {
      name: 'workflows-are-deterministic',
      severity: 'error',
      comment: 'workflows/ take values only from @temporalio/workflow, @temporalio/common and core',
      from: { path: '^(test/fixtures/boundaries/)?workflows/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@temporalio/(workflow|common)/',
      },
    },
    {
      name: 'rooms-are-apart',
      severity: 'error',
      comment:
        'adapters of one engine room never import those of another; what rooms share has a folder of its own: sql, files, gremlin',
      from: { path: '^(?:test/fixtures/boundaries/)?adapters/([^/]+)/' },
      to: {
        path: '^(test/fixtures/boundaries/)?adapters/',
        pathNot: '^(test/fixtures/boundaries/)?adapters/($1|sql|files|gremlin)/',
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|cdk\\.out)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};

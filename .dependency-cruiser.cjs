/** From the lowest to the highest: a floor imports only from floors below it. */
const floors = [
  'runtime',
  'http',
  'limits',
  'tokens',
  'database',
  'passwords',
  'model',
  'hooks',
  'sessions',
  'authentication',
  'users',
  'features',
  'setup',
  'openapi',
  'testing',
  'cli',
];

const floorRules = floors.map((floor, index) => ({
  name: `floor-${floor}`,
  comment: `${floor} imports only from the floors below it: ${floors.slice(0, index).join(', ') || 'none'}`,
  severity: 'error',
  from: { path: `^src/${floor}/` },
  to: { path: '^src/', pathNot: `^src/(${floors.slice(0, index + 1).join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: 'every-folder-is-a-floor',
      comment: 'A folder of src that the list of floors does not know has no rule. Put it in its place in the list.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${floors.join('|')})/` },
      to: {},
    },
    {
      name: 'no-circles',
      comment: 'In a circle typedi gets undefined for a class, at run time only.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'features-are-apart',
      comment: 'A feature knows no other feature; what two of them need is a floor below.',
      severity: 'error',
      from: { path: '^src/features/([^/]+)/' },
      to: { path: '^src/features/[^/]+/', pathNot: '^src/features/$1/' },
    },
    {
      name: 'setup-knows-no-feature',
      comment: 'setup takes features by their one interface, so that a new one changes nothing in it.',
      severity: 'error',
      from: { path: '^src/(setup/|index\\.ts$|features/[^/]+\\.ts$)' },
      to: { path: '^src/features/[^/]+/' },
    },
    {
      name: 'src-stands-alone',
      comment: 'The library knows neither its tests nor its example.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|example|bench|scripts|build|dist)/|^ormconfig\\.ts$' },
    },
    {
      name: 'no-import-of-the-public-face',
      comment: 'Inside the library a file is imported where it is; the index is for apps.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index\\.ts$' },
    },
    {
      name: 'declared-packages-only',
      comment: 'What is not in dependencies or peerDependencies is missing in an app.',
      severity: 'error',
      from: { path: '^src/' },
      to: {
        dependencyTypesNot: ['npm-peer', 'npm-optional'],
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
        pathNot: 'node_modules/(@types/)?express/',
      },
    },
    {
      name: 'express-by-its-types',
      comment: 'Express comes with routing-controllers or with the app, in version 4 or 5: only its types may be imported.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: 'node_modules/(@types/)?express/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'The module is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Type-only imports count too: tsc writes them into the metadata of decorators, or the floors lean on each other in thought.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};

/**
 * The arrows between the folders, as docs/ and the design have them:
 * hosts -> service -> features -> engine | store | contract, and among the features only a later one imports an earlier.
 */

/** In the order in which data flows; each may import the ones before it. */
const features = ['library', 'faces', 'people', 'learning', 'search'];
const foundations = ['engine', 'store', 'contract'];

/** Forbids everything in `app` that `folder` may not import. */
const onlyImports = (folder, allowed) => ({
  name: `${folder}-imports-only`,
  comment: `app/${folder} may import: ${[folder, ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: `^app/${folder}/` },
  to: { path: '^(app|renderer|tests|scripts)/', pathNot: `^app/(${[folder, ...allowed].join('|')})/` },
});

const typesOnly = { dependencyTypesNot: ['type-only'] };

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    onlyImports('contract', []),
    onlyImports('store', ['contract']),
    onlyImports('engine', ['contract']),
    ...features.map((feature, index) => onlyImports(feature, [...features.slice(0, index), ...foundations])),
    onlyImports('service', [...features, ...foundations]),
    onlyImports('hosts', ['service', ...features, ...foundations]),
    {
      name: 'renderer-imports-contract-only',
      comment: 'The renderer knows the contract and nothing else of app.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { path: '^(app|tests|scripts)/', pathNot: '^app/contract/' },
    },
    {
      name: 'renderer-imports-no-node',
      comment: 'The renderer runs in a sandboxed page.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-in-its-host-only',
      severity: 'error',
      from: { path: '^(app|renderer)/', pathNot: '^app/hosts/electron/' },
      to: { path: ['^electron$', 'node_modules/electron/'] },
    },
    {
      name: 'hosts-do-not-import-electron-host',
      comment: 'The CLI and the web host run where Electron is absent.',
      severity: 'error',
      from: { path: '^app/', pathNot: '^app/hosts/electron/' },
      to: { path: '^app/hosts/electron/' },
    },
    {
      name: 'database-in-stores-only',
      severity: 'error',
      from: { path: '^(app|renderer)/', pathNot: ['^app/store/', '[.]store[.]ts$'] },
      to: { path: ['^better-sqlite3$', 'node_modules/better-sqlite3/', '^node:sqlite$'], ...typesOnly },
    },
    {
      name: 'tensorflow-in-engine-faces-learning-only',
      severity: 'error',
      from: { path: '^(app|renderer)/', pathNot: '^app/(engine|faces|learning)/' },
      to: {
        path: ['^@tensorflow/', '^@vladmandic/', 'node_modules/@tensorflow/', 'node_modules/@vladmandic/face-api'],
      },
    },
    {
      name: 'workers-are-entries',
      comment: 'A worker is started by its URL; nobody imports one, except for the types of its messages.',
      severity: 'error',
      from: { path: '^(app|renderer)/' },
      to: { path: '[.]worker[.]ts$', ...typesOnly },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { ...typesOnly } },
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      from: { path: '^(app|renderer|scripts)/' },
      to: { path: '^tests/' },
    },
    {
      name: 'not-to-dev-dependency',
      comment: 'What the app imports at run time is installed with it.',
      severity: 'error',
      from: { path: '^app/', pathNot: '^app/hosts/(start[.]ts$|electron/)' },
      to: { dependencyTypes: ['npm-dev'], ...typesOnly },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^electron$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cts', '.cjs', '.svelte', '.json'],
    },
  },
};

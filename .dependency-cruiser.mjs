// The walls of the house (docs/architecture.md), as rules. `npm run check` judges every import by them.

/** The folders of src, from the ground up. */
const LAYERS = {
  contract: '^src/contract/',
  core: '^src/engine/core/',
  ports: '^src/engine/ports/',
  adapters: '^src/engine/adapters/',
  producers: '^src/engine/producers/',
  jobs: '^src/engine/jobs/',
  // What runs the commit log's protocol on a lake: sinks write by it, the ledger and replays read by it.
  'commit log': '^src/engine/jobs/commit-log-runner\\.ts$',
  services: '^src/engine/services/',
  // What the engine offers, as types: services implement it, the doors call it.
  api: '^src/engine/engine-api\\.ts$',
  engine: '^src/engine/(?!engine-api\\.ts)([^/]+\\.ts$|processes/)',
  rpc: '^src/rpc/',
  main: '^src/main/',
  preload: '^src/preload/',
  web: '^src/web/',
  cli: '^src/cli/',
  renderer: '^src/renderer/',
}

/** What each layer may import besides itself. Whatever isn't listed is refused. */
const MAY_IMPORT = {
  contract: [],
  core: ['contract'],
  ports: ['contract', 'core'],
  adapters: ['contract', 'core', 'ports'],
  producers: ['contract', 'core', 'ports'],
  jobs: ['contract', 'core', 'ports'],
  services: ['contract', 'core', 'ports', 'api', 'commit log'],
  api: ['contract', 'core', 'ports'],
  engine: ['contract', 'core', 'ports', 'api', 'adapters', 'producers', 'jobs', 'services'],
  rpc: ['contract', 'core', 'api', 'engine'],
  main: ['contract', 'core', 'api', 'engine', 'rpc'],
  web: ['contract', 'core', 'api', 'engine', 'rpc'],
  cli: ['contract', 'core', 'api', 'engine', 'rpc'],
  preload: ['contract'],
  renderer: ['contract'],
}

/** Each vendor library and the only files that may import it. */
const HOMES = {
  '@duckdb/node-api': '^src/engine/adapters/embedded/duckdb-',
  '@electric-sql/pglite': '^src/engine/adapters/embedded/pglite-',
  kafkajs: '^src/engine/adapters/cluster/kafka-',
  webhdfs: '^src/engine/adapters/cluster/webhdfs-',
  'hive-driver': '^src/engine/adapters/cluster/hive-',
  pg: '^src/engine/adapters/cluster/postgres-',
  dockerode: '^src/engine/adapters/cluster/docker-',
  aws4fetch: '^src/engine/adapters/cluster/s3-',
  'parquetjs-lite': '^src/engine/adapters/parquet-encoder\\.ts$',
  '@faker-js/faker': '^src/engine/producers/',
  yaml: '^src/engine/core/pipeline/',
  croner: '^src/engine/(core/pipeline|services)/',
  pino: '^src/engine/services/log-book\\.ts$',
  '@orpc/contract': '^src/(contract|rpc)/',
  '@orpc/server': '^src/(rpc|web)/',
  '@orpc/client': '^src/(rpc|web|renderer)/',
  ws: '^src/(rpc|web)/',
  citty: '^src/cli/',
  electron: '^src/(main|preload)/',
  react: '^src/renderer/',
  '@mantine': '^src/renderer/',
}

/** Suites and tests stand beside what they test, and may open real things of any layer. */
const TESTS = ['\\.(test|contract)\\.tsx?$', '^tests/', '^bench/']
const SQLITE_HOMES = ['^src/engine/adapters/embedded/sqlite-', '^src/engine/processes/engine-lock\\.ts$']

const layerRules = Object.entries(MAY_IMPORT).map(([layer, allowed]) => ({
  name: `${layer}-imports-its-ground-only`,
  comment: `src: ${layer} may import ${['itself', ...allowed].join(', ')}.`,
  severity: 'error',
  from: { path: LAYERS[layer], pathNot: TESTS },
  to: { path: '^(src|tests|bench|scripts|bin)/', pathNot: [layer, ...allowed].map((name) => LAYERS[name]) },
}))

const homeRules = Object.entries(HOMES).map(([library, home]) => ({
  name: `${library.replace(/^@/, '').replaceAll('/', '-')}-has-one-home`,
  comment: `${library} may be imported from ${home} only.`,
  severity: 'error',
  from: { path: '^src/', pathNot: [...TESTS, home] },
  to: { path: `(^|node_modules/)${library}(/|$)` },
}))

const otherRules = [
  {
    name: 'node-stays-out-of-core',
    comment: 'contract, core and renderer are pure: no node:*.',
    severity: 'error',
    from: { path: [LAYERS.contract, LAYERS.core, LAYERS.renderer], pathNot: TESTS },
    to: { dependencyTypes: ['core'] },
  },
  {
    name: 'node-sqlite-has-one-home',
    comment: 'The embedded broker and the engine lock open SQLite; nobody else does.',
    severity: 'error',
    from: { path: '^src/', pathNot: [...TESTS, ...SQLITE_HOMES] },
    to: { path: '^(node:)?sqlite$' },
  },
  {
    name: 'features-stay-apart',
    comment: 'A feature of the renderer imports no other.',
    severity: 'error',
    from: { path: '^src/renderer/features/([^/]+)/' },
    to: { path: '^src/renderer/features/', pathNot: '^src/renderer/features/$1/' },
  },
  {
    name: 'ui-knows-no-feature',
    severity: 'error',
    from: { path: '^src/renderer/ui/' },
    to: { path: '^src/renderer/(features|app)/' },
  },
  {
    name: 'tests-are-not-imported',
    severity: 'error',
    from: { pathNot: TESTS },
    to: { path: TESTS },
  },
  {
    name: 'no-cycles',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'imports-resolve',
    comment: 'An import that leads nowhere would pass every other rule.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true, pathNot: '\\.wasm$' },
  },
  {
    name: 'product-needs-no-dev-dependency',
    severity: 'error',
    from: { path: '^src/', pathNot: [...TESTS, LAYERS.renderer] },
    to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
]

export default {
  forbidden: [...layerRules, ...homeRules, ...otherRules],
  options: {
    // TypeScript 7 has no API that dependency-cruiser could use: without swc it reads no .ts file and is green.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules/\\.cache)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
}

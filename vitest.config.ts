import { defineConfig } from 'vitest/config'

// Packages of the workspace are run as source: by the same condition that Node gets on its command line.
const fromSource = { resolve: { conditions: ['@belay/source'] } }

export default defineConfig({
  ssr: fromSource,
  // Global setup runs in an environment of its own.
  environments: { ssr: fromSource, __vitest__: fromSource },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'services/*/test/**/*.test.ts',
      'scripts/test/**/*.test.ts',
      'e2e/**/*.test.ts',
      'tools/**/*.test.ts'
    ],
    globalSetup: ['packages/testing/src/global-setup.ts'],
    pool: 'forks',
    // Each worker runs a whole system: a third on two cores saves a minute, and makes whoever waits for a deadline late.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000
  }
})

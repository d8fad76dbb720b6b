import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Packages of the workspace are run as source: by the same condition that Node gets on its command line.
const fromSource = { resolve: { conditions: ['@belay/source'] } }

// The longest files start first, so that none is left to run alone at the end. Files that wait and files that compute
// alternate, for they run side by side.
const longest = [
  'scripts/test/events',
  'scripts/test/start',
  'e2e/groups',
  'e2e/read-your-writes',
  'e2e/torture',
  'packages/launcher/test/system',
  'e2e/serves-again',
  'e2e/',
  'packages/launcher/test/failed-start'
]

class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = longest.findIndex((part) => moduleId.includes(`/${part}`))
      return place === -1 ? longest.length : place
    }
    return Promise.resolve(files.toSorted((one, other) => rank(one) - rank(other)))
  }
}

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
    // Each worker runs a whole system: with a third on two cores, tests with deadlines are late.
    maxWorkers: 2,
    // A worker loads a module once for all its files, which keep nothing in modules.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 30_000
  }
})

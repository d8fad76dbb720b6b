import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@belay/source', 'module', 'node', 'import', 'default'] } },
  test: { name: 'tools', include: ['*.test.ts'], testTimeout: 60_000 }
})

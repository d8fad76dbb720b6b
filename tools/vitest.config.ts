import { defineConfig } from 'vitest/config'

// As at the root, but without the servers: `cd tools && npx vitest run`.
export default defineConfig({
  ssr: { resolve: { conditions: ['@belay/source'] } },
  test: { name: 'tools', include: ['*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 }
})

import pg from 'pg'
import { expect, test } from 'vitest'
import { createTestDatabase } from '../src/index.ts'

test('a test database has the schemas of all services, and nothing when it is bare', async () => {
  const [full, bare] = await Promise.all([createTestDatabase(), createTestDatabase({ bare: true })])
  expect(await schemasOf(full.url)).toEqual(['chat', 'notifications', 'people', 'sessions'])
  expect(await schemasOf(bare.url)).toEqual([])
  await Promise.all([full.drop(), bare.drop()])
})

async function schemasOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema') ORDER BY 1`
  )
  await client.end()
  return rows.map((row) => row.name)
}

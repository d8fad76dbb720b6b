import { randomUUID } from 'node:crypto'
import { createApi, eventually } from '@belay/testing'
import { afterEach, expect, test } from 'vitest'
import { type Person, register, usePeople } from './support/people.ts'

const credentials = { email: 'root@example.org', password: 'root of all things' }
const people = usePeople({ env: { ADMIN_EMAIL: credentials.email, ADMIN_PASSWORD: credentials.password } })
const report = (by: Person, whom: { id: string }, body: unknown = { reason: 'spam' }, headers = {}) =>
  by.api.post(`/api/v1/users/${whom.id}/report`, body, headers)
const failure = (code: string) => expect.objectContaining({ success: false, error: expect.objectContaining({ code }) })

/** The report as administrators see it. */
async function reviewed(id: string) {
  const { body } = await createApi(people.url).post('/auth/login', credentials)
  const reports = await createApi(people.url, body.access_token).get('/api/admin/reports/')
  return reports.body.results.find((one: { id: string }) => one.id === id)
}

let wasStopped = false
async function stopChat(): Promise<void> {
  wasStopped = true
  await people.chat.stop()
}
async function startChat(): Promise<void> {
  wasStopped = false
  await people.chat.start()
}
afterEach(async () => {
  if (wasStopped) await startChat()
})

test('a report responds in the envelope and shows administrators what the person last wrote to the reporter', async () => {
  const [ada, bob, eve] = [await register(people), await register(people), await register(people)]
  for (let n = 1; n <= 22; n += 1) people.chat.write(bob, ada, `number ${n}`)
  people.chat.write(ada, bob, 'Stop it')
  people.chat.write(bob, eve, 'Hello Eve')
  const answer = await report(ada, bob, { reason: 'harassment', description: 'He goes on' })
  const report_id = answer.body.data.report_id
  expect([answer.status, answer.body]).toEqual([
    201,
    { success: true, data: { message: 'Report submitted successfully', report_id: expect.any(String) } }
  ])
  const shown = await reviewed(report_id)
  expect(shown).toMatchObject({ reason: 'harassment', description: 'He goes on', status: 'pending' })
  expect(shown.context.map(({ content }: { content: string }) => content)).toEqual(
    Array.from({ length: 20 }, (_, n) => `number ${n + 3}`)
  )
  expect(shown.context[0]).toEqual({
    id: expect.any(String),
    content: 'number 3',
    message_type: 'text',
    created_at: expect.any(String)
  })
})

test('reports by the Send Buddy API keep what was written too', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  people.chat.write(bob, ada, 'Buy this')
  const { body } = await ada.api.post(`/api/users/${bob.id}/report/`, { reason: 'spam' })
  expect((await reviewed(body.report_id)).context).toMatchObject([{ content: 'Buy this' }])
})

test('a report is stored while chat is away, and gets what was written before it once chat answers', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  people.chat.write(bob, ada, 'before')
  await stopChat()
  const answer = await report(ada, bob)
  expect(answer.status).toBe(201)
  const id = answer.body.data.report_id
  expect((await reviewed(id)).context).toEqual([])
  people.chat.write(bob, ada, 'after', new Date(Date.now() + 60_000))
  await startChat()
  await eventually(async () => expect((await reviewed(id)).context).toMatchObject([{ content: 'before' }]), {
    withinMs: 30_000
  })
}, 60_000)

test('a report with an Idempotency-Key is made once', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  const answers = [1, 2].map(() => report(ada, bob, { reason: 'spam' }, { 'idempotency-key': 'k1' }))
  const [first, second] = await Promise.all(answers)
  expect(first?.body).toEqual(second?.body)
  expect(await people.sql('select 1 from reports where reporter_id = $1', [ada.id])).toHaveLength(1)
})

test('metrics count reports by reason, and blocks that take effect', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  const count = async (metric: string) => {
    const { body } = await createApi(people.url).get('/metrics')
    const line = String(body)
      .split('\n')
      .find((one) => one.startsWith(metric) && !one.startsWith('#'))
    return Number(line?.split(' ').at(-1) ?? 0)
  }
  const reports = 'people_reports_total{reason="safety"'
  const before = { reports: await count(reports), blocks: await count('people_blocks_total') }
  await report(ada, bob, { reason: 'safety' })
  for (let n = 0; n < 2; n += 1) await ada.api.post(`/api/v1/users/${bob.id}/block`)
  expect({ reports: await count(reports), blocks: await count('people_blocks_total') }).toEqual({
    reports: before.reports + 1,
    blocks: before.blocks + 1
  })
})

test.each([randomUUID(), 'not-a-uuid'])('unknown id %s: 404 USER_NOT_FOUND', async (id) => {
  const answer = await report(await register(people), { id })
  expect([answer.status, answer.body]).toEqual([404, failure('USER_NOT_FOUND')])
})

test.each([[{}], [{ reason: 'boredom' }], [{ reason: 'spam', description: 'x'.repeat(2001) }]])(
  '%j is 400 VALIDATION_ERROR',
  async (body) => {
    const [ada, bob] = [await register(people), await register(people)]
    const answer = await report(ada, bob, body)
    expect([answer.status, answer.body]).toEqual([400, failure('VALIDATION_ERROR')])
  }
)

test('people cannot report themselves, but across a block', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  expect((await report(ada, ada)).body).toEqual(failure('VALIDATION_ERROR'))
  await bob.api.post(`/api/v1/users/${ada.id}/block`)
  expect((await report(ada, bob)).status).toBe(201)
})

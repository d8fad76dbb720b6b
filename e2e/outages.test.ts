import { execFileSync } from 'node:child_process'
import { appendFileSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { eventually, makePlan, openSessionSocket, openSocket, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSystem({ ownServers: true })

/** Each service logged the outage as one line without a stack, and one at its end. */
async function expectOneOutage(dependency: string): Promise<void> {
  const linesOf = (message: string) => {
    const lines = system.logs.text().split('\n')
    return lines.filter((line) => line.includes(`"dependency":"${dependency}"`) && line.includes(message))
  }
  const began = linesOf('a dependency is unavailable')
  const writers = began.map((line) => line.split(' | ', 1)[0])
  expect(writers).toContain('chat')
  expect(new Set(writers).size).toBe(writers.length)
  await eventually(() => expect(linesOf('a dependency is available again')).toHaveLength(began.length))
  expect(system.logs.text()).not.toMatch(/ECONNREFUSED.*"stack"/)
}

test('without Postgres every call answers 503 with Retry-After within 2 s, says why, and heals by itself', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const socket = await openSessionSocket(system, sessionId, invitee.token, { afterSeq: 0 })
  await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'before' })
  await socket.next((frame) => frame['content'] === 'before')
  await system.postgres.kill('SIGKILL')

  for (const [method, path, body] of [
    ['GET', '/api/sessions/', undefined],
    ['GET', '/api/notifications/', undefined],
    ['GET', '/api/users/me/', undefined],
    ['POST', `/api/sessions/${sessionId}/messages/`, { body: 'hello' }]
  ] as const) {
    const startedAt = performance.now()
    const answer = await inviter.api.call(method, path, body)
    expect([path, answer.status]).toEqual([path, 503])
    expect(answer.headers['retry-after']).toBeDefined()
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  }
  const readiness = await inviter.api.get('/readyz')
  expect(readiness.status).toBe(503)
  expect(JSON.stringify(readiness.body)).toContain('database')

  await system.postgres.restart()
  await eventually(async () => expect((await inviter.api.get('/readyz')).status).toBe(200), { withinMs: 10_000 })
  const sent = await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'back again' })
  expect(sent.status).toBe(201)
  expect(await socket.next((frame) => frame['content'] === 'back again')).toMatchObject({ seq: 2 })
  await expectOneOutage('database')
}, 60_000)

test('without NATS what needs it answers 503 within 2 s, sends go on, and sockets catch up when it is back', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const socket = await openSessionSocket(system, sessionId, invitee.token, { afterSeq: 0 })
  await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'before' })
  await socket.next((frame) => frame['content'] === 'before')
  await system.nats.kill('SIGKILL')

  const startedAt = performance.now()
  const list = await inviter.api.get('/api/sessions/')
  expect(list.status).toBe(503)
  expect(list.headers['retry-after']).toBeDefined()
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  const readiness = await inviter.api.get('/readyz')
  expect(readiness.status).toBe(503)
  expect(JSON.stringify(readiness.body)).toContain('nats')
  expect((await inviter.api.post(`/api/sessions/${sessionId}/messages/`, { body: 'meanwhile' })).status).toBe(201)

  await system.nats.restart()
  expect(await socket.next((frame) => frame['content'] === 'meanwhile', { withinMs: 15_000 })).toMatchObject({ seq: 2 })
  await eventually(async () => expect((await inviter.api.get('/api/sessions/')).status).toBe(200), { withinMs: 10_000 })
  await expectOneOutage('nats')
}, 60_000)

test('a database that was recovered to an earlier point resets the sockets that were open, and those that come back', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const path = `/api/sessions/${sessionId}/`
  const say = (body: string) => inviter.api.post(`${path}messages/`, { body })
  const [shown] = await system.sql<{ data_directory: string }>('show data_directory')
  const folder = realpathSync((shown?.data_directory ?? '').replace('/proc/self/', `/proc/${system.postgres.pid}/`))
  const backup = `${folder}.backup`
  await say('one')
  await system.postgres.kill('SIGINT')
  // With their owners, which Node's own copy does not keep.
  execFileSync('cp', ['-a', folder, backup])
  await system.postgres.restart()
  await eventually(async () => expect((await say('two')).status).toBe(201), { withinMs: 10_000 })
  const socket = await openSessionSocket(system, sessionId, invitee.token, { afterSeq: 0 })
  await socket.next((frame) => frame['content'] === 'two')
  const { epoch } = (await inviter.api.get(path)).body

  await system.postgres.kill('SIGKILL')
  for (const name of readdirSync(folder)) rmSync(`${folder}/${name}`, { recursive: true })
  execFileSync('cp', ['-a', `${backup}/.`, folder])
  appendFileSync(`${folder}/postgresql.auto.conf`, "\nrestore_command = 'false'\n")
  writeFileSync(`${folder}/recovery.signal`, '')
  await system.postgres.restart()

  const reset = await socket.next((frame) => frame['type'] === 'reset', { withinMs: 30_000 })
  expect(reset).toMatchObject({ thread_id: sessionId, last_seq: 1 })
  expect(reset['epoch']).not.toBe(epoch)
  const back = await openSocket(
    `${system.url.replace(/^http/, 'ws')}/ws/sessions/${sessionId}/?token=${invitee.token}&after_seq=1&epoch=${epoch}`
  )
  await back.next((frame) => frame['type'] === 'reset')
  expect((await say('another two')).body).toMatchObject({ seq: 2 })
  for (const each of [socket, back]) await each.next((frame) => frame['content'] === 'another two')
}, 90_000)

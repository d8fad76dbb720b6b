import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type RunningSystem, serviceNames, startSystem } from '@belay/launcher'
import { createLogBook, eventually, makePlan, openSessionSocket, registerUser } from '@belay/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'

const dataDir = mkdtempSync(join(tmpdir(), 'belay-test-'))
const logs = createLogBook()
let system: RunningSystem

beforeAll(async () => {
  const env = { PATH: process.env.PATH, RATE_LIMITS: 'off' }
  system = await startSystem({ dataDir, publicPort: await freePort(), durable: false, env, log: logs.log })
}, 120_000)
afterAll(async () => {
  await system.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Every kind of call: an account, a plan, a message over HTTP and to a socket, the inbox. */
async function story(): Promise<void> {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const socket = await openSessionSocket(system, sessionId, invitee.token, { afterSeq: 0 })
  const path = `/api/sessions/${sessionId}/`
  expect((await inviter.api.post(`${path}messages/`, { body: 'Are you there?' })).status).toBe(201)
  await socket.next((frame) => frame['content'] === 'Are you there?')
  socket.close()
  expect((await invitee.api.get('/api/notifications/')).body.results).not.toEqual([])
  expect((await (await registerUser(system)).api.get('/api/users/me/')).status).toBe(200)
}

const servers = { postgres: 'postgres/cluster/postmaster.pid', nats: 'nats/nats-server.pid' }

function pidOf(name: string): number {
  const file = Object.entries(servers).find(([server]) => server === name)?.[1]
  if (file === undefined) return system.processes.find(({ service }) => service === name)?.pid ?? 0
  return Number(readFileSync(join(dataDir, file), 'utf8').split('\n')[0])
}

// On a quiet machine each takes 1 to 3 s.
test.each([...serviceNames, ...Object.keys(servers)])(
  'after the death of %s the whole system serves again by itself',
  async (name) => {
    const pid = pidOf(name)
    expect(pid).toBeGreaterThan(1)
    process.kill(pid, 'SIGKILL')
    await eventually(async () => expect(pidOf(name)).not.toBe(pid), { withinMs: 30_000 })
    await eventually(story, { withinMs: 30_000 })
  },
  90_000
)

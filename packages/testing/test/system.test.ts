import { describe, expect, test } from 'vitest'
import { collectEvents, eventually, logIn, registerUser, useSharedSystem, useSystem } from '../src/index.ts'

describe('a system', () => {
  const system = useSystem({ replicas: { chat: 2 } })

  test('serves its public door and shows its data and its events', async () => {
    const ada = await registerUser(system, { display_name: 'Ada' })
    expect(await system.sql('SELECT display_name FROM people.users WHERE id = $1', [ada.id])).toEqual([
      { display_name: 'Ada' }
    ])
    await eventually(async () => {
      const events = await collectEvents(system, 'belay.evt.people.user.registered.v1')
      expect(events.filter((event) => event.subject === ada.id)).toHaveLength(1)
    })
    expect(await collectEvents(system, 'belay.evt.chat.nothing.such')).toEqual([])
  })

  test('has an administrator', async () => {
    expect((await (await logIn(system, system.admin)).api.get('/auth/me')).body).toMatchObject({ role: 'admin' })
  })

  test('a killed process stays down until it is restarted on its port', async () => {
    const { port } = system.process('chat', 1)
    await system.kill('chat', 'SIGKILL', 1)
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('fetch failed')
    expect((await fetch(`http://127.0.0.1:${system.process('chat', 0).port}/livez`)).status).toBe(200)
    await system.restart('chat', 1)
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  })

  test('keeps its Postgres from being killed while others use it', () => {
    expect(() => system.postgres).toThrow('useSystem({ ownServers: true })')
  })
})

describe('a system with servers of its own', () => {
  const system = useSystem({ ownServers: true })

  test('finds what it has committed after its servers were killed', async () => {
    const person = await registerUser(system)
    await Promise.all([system.postgres.kill(), system.nats.kill()])
    await Promise.all([system.postgres.restart(), system.nats.restart()])
    await eventually(async () => expect((await person.api.get('/auth/me')).body).toMatchObject({ id: person.id }), {
      withinMs: 15_000
    })
  })
})

describe('the shared system', () => {
  const [one, other] = [useSharedSystem(), useSharedSystem()]

  test('is the same wherever it is used', async () => {
    expect(one.url).toBe(other.url)
    const person = await registerUser(one)
    expect((await (await logIn(other, person)).api.get('/auth/me')).body).toMatchObject({ id: person.id })
  })
})

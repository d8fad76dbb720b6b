import { createApi, makePlan, openSessionSocket, registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSystem()

test('on SIGTERM the one process of a system closes its sockets as restarting, then everything, and exits', async () => {
  const plan = await makePlan(system)
  const socket = await openSessionSocket(system, plan.sessionId, plan.inviter.token, { afterSeq: 0 })
  socket.send({ type: 'message', content: 'hello' })
  await socket.next(({ type }) => type === 'message')
  const { body } = await createApi(system.url).get('/metrics')
  // It ends in the realtime gateway: nothing is relayed.
  expect(body).toMatch(/^gateway_open_sockets\{[^}]*websocket"[^}]*\} 0$/m)
  const services = system.process('gateway')
  const ended = services.kill('SIGTERM')
  expect(await socket.closed).toMatchObject({ code: 1012 })
  await ended
  const lines = system.logs.linesOf('services')
  expect(lines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([])
  await services.restart()
  expect((await registerUser(system)).token).toBeDefined()
})

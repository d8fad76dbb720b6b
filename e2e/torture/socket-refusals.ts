import { openSessionSocket, openSocket, type TestUser } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { PromiseBroken } from './promise-broken.ts'
import { replicasOf } from './replicas.ts'
import type { Round } from './round.ts'
import type { Traffic } from './traffic.ts'

const patienceMs = 60_000

/** A message over a socket of the public door must be refused, and is tried until there is an answer. */
export async function expectSocketRefused(
  round: Round,
  { after, sessionId, person, traffic }: { after: string; sessionId: string; person: TestUser; traffic: Traffic }
): Promise<void> {
  const { body: content, client_msg_id } = traffic.probe()
  await untilTold(round, `${after}: a message over a socket`, async () => {
    const socket = await openSessionSocket(round.system, sessionId, person.token)
    try {
      socket.send({ type: 'message', content, client_msg_id })
      const answer = await socket.next((frame) => frame['client_msg_id'] === client_msg_id, { withinMs: 5_000 })
      if (answer['type'] === 'error' && answer['code'] === 'SERVICE_UNAVAILABLE') return false
      if (answer['type'] === 'error') return true
      throw new PromiseBroken('after the 2xx of a command no socket takes what it forbids', {
        after,
        sessionId,
        answer
      })
    } finally {
      socket.terminate()
    }
  })
  round.tally.checks += 1
}

/** A user who is not in a thread cannot join it through any replica. */
export async function expectJoinRefused(
  round: Round,
  after: string,
  person: TestUser,
  threadId: string
): Promise<void> {
  await Promise.all(
    replicasOf('realtime-gateway').map(async (index) => {
      const { port } = round.system.process('realtime-gateway', index)
      await untilTold(round, `${after}: joining through realtime-gateway-${index}`, async () => {
        const socket = await openSocket(`ws://127.0.0.1:${port}/ws/${person.id}?token=${person.token}`)
        try {
          socket.send({ type: 'join_thread', thread_id: threadId, after_seq: 0 })
          const answer = await socket.next((frame) => frame['thread_id'] === threadId, { withinMs: 5_000 })
          if (answer['type'] === 'error') return answer['code'] !== 'SERVICE_UNAVAILABLE'
          throw new PromiseBroken('after the 2xx of a command no socket gives what it forbids', {
            after,
            threadId,
            answer
          })
        } finally {
          socket.terminate()
        }
      })
      round.tally.checks += 1
    })
  )
}

/** No replica accepts a person who was shut out: it closes the socket with the code of a refusal. */
export async function expectShutOut(round: Round, after: string, person: TestUser): Promise<void> {
  await Promise.all(
    replicasOf('realtime-gateway').map(async (index) => {
      const { port } = round.system.process('realtime-gateway', index)
      await untilTold(round, `${after}: a socket of realtime-gateway-${index}`, async () => {
        const socket = await openSocket(`ws://127.0.0.1:${port}/ws/${person.id}?token=${person.token}`)
        const end = await Promise.race([socket.closed, wait(10_000)])
        socket.terminate()
        if (end !== undefined) return end.code === 4003
        throw new PromiseBroken('after the 2xx of a command no socket lets in whom it shuts out', { after, index })
      })
      round.tally.checks += 1
    })
  )
}

/** Tries until it is told (true), however often the connection breaks before. */
async function untilTold(round: Round, what: string, attempt: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    round.aborted.throwIfAborted()
    const told = await attempt().catch((error: unknown) => {
      if (error instanceof PromiseBroken) throw error
      return false
    })
    if (told) return
    if (performance.now() > deadline) throw new PromiseBroken('a socket is answered in the end', { what, patienceMs })
    await wait(100)
  }
}

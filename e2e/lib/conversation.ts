import { collectEvents, eventually, makePlan, type Plan, type TestSystem } from '@belay/testing'
import { expect } from 'vitest'
import { type Listener, listen } from './listener.ts'
import { type Acknowledged, writeOverHttp, writeOverSocket } from './writers.ts'

/** A conversation under load, and what it must look like afterwards. */
export interface Conversation {
  plan: Plan
  acknowledged: Acknowledged
  listeners: Listener[]
  /** Resolves when that many messages are acknowledged. */
  reached(count: number): Promise<void>
  /** Resolves when everything that the writers had to say is acknowledged. */
  finished: Promise<unknown>
}

/** Ten writers, HTTP and sockets mixed, both people; two listeners who never give up. */
export async function startConversation(system: TestSystem, perWriter: number): Promise<Conversation> {
  const plan = await makePlan(system)
  const { inviter, invitee, sessionId } = plan
  const acknowledged: Acknowledged = new Map()
  const listeners = [await listen(system, sessionId, inviter.token), await listen(system, sessionId, invitee.token)]
  const writers = Array.from({ length: 10 }, (_, index) => {
    const writer = index % 2 === 0 ? inviter : invitee
    const write = index % 4 < 2 ? writeOverHttp : writeOverSocket
    return write({ system, sessionId, writer, name: `writer${index}`, count: perWriter, acknowledged })
  })
  return {
    plan,
    acknowledged,
    listeners,
    reached: (count) => eventually(() => expect(acknowledged.size).toBeGreaterThanOrEqual(count), { withinMs: 20_000 }),
    finished: Promise.all(writers)
  }
}

/**
 * Everything acknowledged is on disk once, in a gapless `seq`; every listener saw each once and in order; the stream
 * holds exactly one event for each.
 */
export async function expectNothingLost(system: TestSystem, conversation: Conversation): Promise<void> {
  const { acknowledged, listeners, plan } = conversation
  const stored = await system.sql<{ seq: number; id: string; client_msg_id: string }>(
    'select seq, id, client_msg_id from chat.messages where thread_id = $1 order by seq',
    [plan.sessionId]
  )
  const onDisk = new Map(stored.map(({ client_msg_id, seq, id }) => [client_msg_id, { seq, id }]))
  expect([...acknowledged].filter(([client_msg_id, { id }]) => onDisk.get(client_msg_id)?.id !== id)).toEqual([])
  expect(onDisk).toEqual(acknowledged)
  const everySeq = Array.from({ length: acknowledged.size }, (_, index) => index + 1)
  expect(stored.map((message) => message.seq)).toEqual(everySeq)
  for (const listener of listeners) {
    await eventually(() => expect(listener.seqs.length).toBeGreaterThanOrEqual(everySeq.length), { withinMs: 15_000 })
    expect(listener.seqs).toEqual(everySeq)
    await listener.stop()
  }
  await eventually(
    async () => {
      const sent = await collectEvents(system, 'belay.evt.chat.message.sent.v1')
      const ids = sent.filter((event) => event.subject === plan.sessionId).map((event) => event.data['message_id'])
      expect(new Set(ids)).toEqual(new Set(stored.map((message) => message.id)))
      expect(ids).toHaveLength(stored.length)
    },
    { withinMs: 20_000 }
  )
}

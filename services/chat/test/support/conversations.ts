import { AppendMessages, MatchCreated, MatchEnded, type Message, type MessageType } from '@belay/contracts'
import { systemRuntime } from '@belay/kit'
import { logIn, registerUser, type SharedSystem, type TestUser, eventOf } from '@belay/testing'
import { connect, deliver } from './people.ts'

/** Opens the conversation of two people, new ones by default, as their match does. */
export async function openConversation(system: SharedSystem, one?: TestUser, other?: TestUser) {
  const [ana, ben] = await Promise.all([one ?? registerUser(system), other ?? registerUser(system)])
  const bus = await connect(system)
  const id = systemRuntime.newId()
  const match = { match_id: id, user_ids: [ana.id, ben.id] }
  const created_at = new Date().toISOString()
  await deliver(bus, eventOf(MatchCreated, { ...match, version: 1, actor_id: ana.id, created_at }))

  async function send(sender: TestUser, body: string, message_type?: MessageType): Promise<Message> {
    const message = {
      thread_id: id,
      sender_id: sender.id,
      body,
      client_msg_id: null,
      ...(message_type && { message_type })
    }
    const { outcomes } = await bus.ask(AppendMessages, { messages: [message] })
    const [outcome] = outcomes
    if (outcome?.ok !== true) throw new Error(`the message was refused: ${JSON.stringify(outcome)}`)
    return outcome.message
  }

  return {
    id,
    ana,
    ben,
    bus,
    send,
    messages: `/api/v1/conversations/${id}/messages`,
    read: (reader: TestUser, messageId: string) => reader.api.call('PUT', `/api/v1/messages/${messageId}/read`),
    unmatch: () => deliver(bus, eventOf(MatchEnded, { ...match, version: 2, reason: 'unmatched' }))
  }
}

/** Makes a person premium. */
export async function makePremium(system: SharedSystem, user: TestUser): Promise<void> {
  const admin = await logIn(system, system.admin)
  const answer = await admin.api.patch(`/api/admin/users/${user.id}/`, { tier: 'premium' })
  if (answer.status !== 200) throw new Error(`PATCH answered ${answer.status}`)
}

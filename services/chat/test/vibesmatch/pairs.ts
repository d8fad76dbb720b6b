import type { Bus } from '@belay/bus'
import { AppendMessages, JoinThread, ListMessagesAfter } from '@belay/contracts'
import {
  type Answer,
  collectEvents,
  eventually,
  logIn,
  makePair,
  type SharedSystem,
  type TestUser
} from '@belay/testing'
import { expect } from 'vitest'

/** Two people who have nothing to do with each other yet, and their calls. */
export async function meet(system: SharedSystem) {
  const { inviter: ana, invitee: ben } = await makePair(system)
  return { ana, ben }
}

export const ask = (from: TestUser, to: TestUser, content = 'Hello there') =>
  from.api.post('/api/v1/messages/request', { receiver_id: to.id, content })

export const respond = (who: TestUser, requestId: string, action: 'accept' | 'decline') =>
  who.api.post(`/api/v1/messages/request/${requestId}/respond`, { action })

export const cancel = (who: TestUser, requestId: string) => who.api.delete(`/api/v1/messages/request/${requestId}`)

export const send = (from: TestUser, to: TestUser, content = 'hi', more: Record<string, unknown> = {}, key?: string) =>
  from.api.post(
    '/api/v1/messages/send',
    { receiver_id: to.id, content, ...more },
    key === undefined ? {} : { 'idempotency-key': key }
  )

export const block = (who: TestUser, whom: TestUser) => who.api.post(`/api/v1/users/${whom.id}/block`)
export const unblock = (who: TestUser, whom: TestUser) => who.api.delete(`/api/v1/users/${whom.id}/block`)

/** The status of a response and its code, or its status in the dialect of message requests. */
export function inShort({ status, body }: Answer): string {
  const outcome = body.error?.code ?? body.data.status
  return outcome === undefined ? String(status) : `${status} ${outcome}`
}

/** Asks and accepts; resolves to the id of the pair. */
export async function befriend(ana: TestUser, ben: TestUser, content = 'Hello there'): Promise<string> {
  const { body } = await ask(ana, ben, content)
  const accepted = await respond(ben, body.data.request_id, 'accept')
  return accepted.body.data.conversation_id
}

export async function makePremium(system: SharedSystem, ...users: TestUser[]): Promise<void> {
  const admin = await logIn(system, system.admin)
  for (const { id } of users) await admin.api.patch(`/api/admin/users/${id}/`, { tier: 'premium' })
}

/** The texts in the log of a pair, in order. */
export async function textsOf(bus: Bus, threadId: string, reader: TestUser): Promise<string[]> {
  const input = { thread_id: threadId, after_seq: 0, limit: 200, reader_ids: [reader.id] }
  return (await bus.ask(ListMessagesAfter, input)).messages.map((message) => message.body)
}

/** What happens to a message to the pair's thread: `sent`, or the reason for its refusal. */
export async function write(bus: Bus, threadId: string, from: TestUser): Promise<string> {
  const message = { thread_id: threadId, sender_id: from.id, body: 'hello', client_msg_id: null }
  const { outcomes } = await bus.ask(AppendMessages, { messages: [message] })
  const [outcome] = outcomes
  return outcome?.ok === true ? 'sent' : (outcome?.reason ?? 'nothing')
}

/** Whether a person may read the pair's thread: `true`, or the reason why not. */
export async function reads(bus: Bus, threadId: string, who: TestUser): Promise<string | true> {
  const joined = await bus.ask(JoinThread, { thread_id: threadId, user_id: who.id })
  return joined.ok ? true : joined.reason
}

/** Expects these events about the message requests between two people, by their verbs, and no other. */
export async function expectRequestEvents(
  system: SharedSystem,
  one: TestUser,
  other: TestUser,
  verbs: readonly string[]
): Promise<void> {
  const ids = new Set([one.id, other.id])
  await eventually(async () => {
    const events = await collectEvents(system, 'belay.evt.chat.message-request.>')
    const theirs = events.filter(({ data }) => ids.has(data.sender_id) && ids.has(data.receiver_id))
    expect(theirs.map(({ type }) => type.split('.')[3])).toEqual(verbs)
  })
}

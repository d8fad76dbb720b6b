import { type Answer, type Json, registerUser, type TestSystem, type TestUser } from '@belay/testing'

/** Two people who matched. */
export interface Couple {
  one: TestUser
  other: TestUser
  /** Of their conversation, its thread and their match. */
  id: string
}

/** The `data` of a call that succeeded. */
export function dataOf({ status, body }: Answer): Json {
  if (body?.success !== true) throw new Error(`the call responded ${status}: ${JSON.stringify(body)}`)
  return body.data
}

/** The status and the code of a call that was refused. */
export function refusalOf({ status, body }: Answer): [number, string] {
  return [status, body?.error?.code]
}

export async function registerTwo(system: TestSystem): Promise<[TestUser, TestUser]> {
  return Promise.all([registerUser(system), registerUser(system)])
}

export async function like(from: TestUser, to: TestUser): Promise<Json> {
  return dataOf(await from.api.post(`/api/v1/users/${to.id}/like`))
}

/** Asks another person to chat and returns the request's data. */
export async function request(from: TestUser, to: TestUser, content = 'Shall we chat?'): Promise<Json> {
  return dataOf(await from.api.post('/api/v1/messages/request', { receiver_id: to.id, content }))
}

export async function send(from: TestUser, to: TestUser, content: string): Promise<Json> {
  return dataOf(await from.api.post('/api/v1/messages/send', { receiver_id: to.id, content }))
}

/** Registers two people who like each other. */
export async function makeCouple(system: TestSystem): Promise<Couple> {
  const [one, other] = await registerTwo(system)
  await like(one, other)
  const { match_id } = await like(other, one)
  return { one, other, id: match_id }
}

export async function messagesOf(reader: TestUser, conversationId: string): Promise<Json[]> {
  return dataOf(await reader.api.get(`/api/v1/conversations/${conversationId}/messages`)).messages
}

export async function conversationsOf(reader: TestUser, type: 'active' | 'archived' = 'active'): Promise<Json[]> {
  return dataOf(await reader.api.get(`/api/v1/conversations?type=${type}`)).conversations
}

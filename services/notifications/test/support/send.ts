import type { TestUser } from '@belay/testing'

/** Sends a message over HTTP. */
export async function send(by: TestUser, sessionId: string, body: string): Promise<void> {
  const answer = await by.api.post(`/api/sessions/${sessionId}/messages/`, { body })
  if (answer.status !== 201) throw new Error(`sending answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

import { openSessionSocket, type TestSocket, type TestSystem, type TestUser } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'

/** Messages that the system said it has, by the sender's own id of them. */
export type Acknowledged = Map<string, { seq: number; id: string }>

/** Who writes what. */
export interface Writing {
  system: TestSystem
  sessionId: string
  writer: TestUser
  /** Prefix of the `client_msg_id`s, so that writers do not repeat each other. */
  name: string
  count: number
  acknowledged: Acknowledged
}

/** Sends over HTTP, one after the other; an answer other than 2xx, or none, is tried again with the same id. */
export async function writeOverHttp({ system, sessionId, writer, name, count, acknowledged }: Writing): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const client_msg_id = `${name}-${n}`
    while (!acknowledged.has(client_msg_id)) {
      const answer = await writer.api
        .post(`/api/sessions/${sessionId}/messages/`, { body: `message ${client_msg_id}`, client_msg_id })
        .catch(() => undefined)
      if (answer?.status === 201 || answer?.status === 200) {
        acknowledged.set(client_msg_id, { seq: answer.body.seq, id: answer.body.id })
      } else if (answer !== undefined && answer.status !== 503) {
        throw new Error(`a send answered ${answer.status} on ${system.url}: ${JSON.stringify(answer.body)}`)
      } else await wait(50)
    }
  }
}

/** The same over a socket, where the echo is the acknowledgement. */
export async function writeOverSocket(writing: Writing): Promise<void> {
  let socket: TestSocket | undefined
  for (let n = 0; n < writing.count; n += 1) {
    const client_msg_id = `${writing.name}-${n}`
    while (!writing.acknowledged.has(client_msg_id)) {
      try {
        socket ??= await openSessionSocket(writing.system, writing.sessionId, writing.writer.token)
        socket.send({ type: 'message', content: `message ${client_msg_id}`, client_msg_id })
        const echo = await socket.next(
          (frame) => frame['type'] === 'message' && frame['client_msg_id'] === client_msg_id,
          { withinMs: 3_000 }
        )
        writing.acknowledged.set(client_msg_id, { seq: echo['seq'], id: echo['message_id'] })
      } catch {
        // Closed, refused or silent: a client reconnects and sends the same id again.
        socket?.terminate()
        socket = undefined
        await wait(50)
      }
    }
  }
  socket?.close()
}

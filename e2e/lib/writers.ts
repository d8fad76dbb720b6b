import {
  type Answer,
  type Json,
  openSessionSocket,
  type TestSocket,
  type TestSystem,
  type TestUser
} from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'

/** Messages that the system said it has, by the sender's own id of them. */
export type Acknowledged = Map<string, { seq: number; id: string }>

/** What a writer does besides writing. */
export interface WriterHabits {
  /** Called before the first attempt of each message. */
  onBegin?: (client_msg_id: string) => void
  /**
   * A message that the system refused; the writer stops then. Unless there is this, a refusal is an error. Of one whose
   * earlier attempt had no answer (`uncertain`) it is unknown whether that one was stored.
   */
  onRefused?: (client_msg_id: string, refusal: { why: string; uncertain: boolean }) => void
  /** Milliseconds between two messages. */
  pauseMs?: number
  /** Ends the writing early. */
  until?: () => boolean
}

/** Who writes how much. */
export interface Writer extends WriterHabits {
  system: TestSystem
  writer: TestUser
  /** Prefix of the `client_msg_id`s, so that writers do not repeat each other. */
  name: string
  count: number
  acknowledged: Acknowledged
}

/** Where. */
export interface Writing extends Writer {
  sessionId: string
}

/** Longer than any fault of any test. */
const settledWithinMs = 90_000

/** One attempt: undefined when the outcome is unknown, so that a client sends the same id again. */
type Attempt = (client_msg_id: string) => Promise<{ stored: Json } | { refused: string } | undefined>

/** Sends over HTTP, one after the other; an answer other than 2xx, or none, is tried again with the same id. */
export function writeOverHttp(writing: Writing): Promise<void> {
  return write(writing, overHttp(writing, `/api/sessions/${writing.sessionId}/messages/`))
}

/** Writes into a group thread, where sockets only listen. */
export function writeInGroup(writing: Writer, threadId: string): Promise<void> {
  return write(writing, overHttp(writing, `/threads/${threadId}/messages`))
}

/** Writes over HTTP to a path that takes messages, each known by its `Idempotency-Key` alone. */
export function writeWithKeys(writing: Writer, path: string): Promise<void> {
  const { writer } = writing
  return write(writing, async (name) => {
    const headers = { 'idempotency-key': name }
    const answer = await writer.api.post(path, { body: `message ${name}` }, headers).catch(() => undefined)
    if (answer === undefined || answer.status === 503 || answer.status === 409) return undefined
    return answer.status === 201 ? { stored: answer.body } : { refused: refusalOf(answer) }
  })
}

/** The same over a socket, where the echo is the acknowledgement. */
export async function writeOverSocket(writing: Writing): Promise<void> {
  let socket: TestSocket | undefined
  await write(writing, async (client_msg_id) => {
    try {
      socket ??= await openSessionSocket(writing.system, writing.sessionId, writing.writer.token)
      socket.send({ type: 'message', content: `message ${client_msg_id}`, client_msg_id })
      const answer = await socket.next(
        (frame) => frame['client_msg_id'] === client_msg_id && ['message', 'error'].includes(frame['type']),
        { withinMs: 3_000 }
      )
      if (answer['type'] === 'message') return { stored: { seq: answer['seq'], id: answer['message_id'] } }
      if (!isTransient(answer['code'])) return { refused: `${answer['code']}: ${answer['detail']}` }
    } catch {
      // Closed, refused or silent: a client reconnects and sends the same id again.
    }
    socket?.terminate()
    socket = undefined
    return undefined
  })
  socket?.close()
}

async function write({ name, count, acknowledged, ...habits }: Writer, attempt: Attempt): Promise<void> {
  for (let n = 0; n < count && !habits.until?.(); n += 1) {
    const client_msg_id = `${name}-${n}`
    habits.onBegin?.(client_msg_id)
    const deadline = performance.now() + settledWithinMs
    for (let uncertain = false; !acknowledged.has(client_msg_id);) {
      const outcome = await attempt(client_msg_id)
      if (outcome === undefined) {
        if (performance.now() > deadline) throw new Error(`no answer to ${client_msg_id} in ${settledWithinMs} ms`)
        uncertain = true
        await wait(50)
      } else if ('stored' in outcome)
        acknowledged.set(client_msg_id, { seq: outcome.stored.seq, id: outcome.stored.id })
      else if (habits.onRefused) return habits.onRefused(client_msg_id, { why: outcome.refused, uncertain })
      else throw new Error(`a send on ${habits.system.url} was refused: ${outcome.refused}`)
    }
    if (habits.pauseMs !== undefined) await wait(habits.pauseMs)
  }
}

function overHttp({ writer }: Pick<Writer, 'writer'>, path: string): Attempt {
  return async (client_msg_id) => {
    const answer = await writer.api
      .post(path, { body: `message ${client_msg_id}`, client_msg_id })
      .catch(() => undefined)
    if (answer === undefined || answer.status === 503) return undefined
    const stored = storedMessage(answer)
    return stored === undefined ? { refused: refusalOf(answer) } : { stored }
  }
}

/** The stored message: as it was created, as the repeat found it, or as Shua's refusal of a duplicate carries it; else undefined. */
function storedMessage({ status, body }: Answer): Json {
  if (status === 201 || status === 200) return body
  return body?.code === 'DUPLICATE_MESSAGE' ? body.message : undefined
}

function refusalOf({ status, body }: Answer): string {
  return `${status} ${JSON.stringify(body)}`
}

function isTransient(code: string): boolean {
  return code === 'SERVICE_UNAVAILABLE' || code === 'TOO_MANY_PENDING_MESSAGES'
}

import { type Answer, eventually, type Json, type TestUser } from '@belay/testing'
import { io } from 'socket.io-client'
import { onTestFinished } from 'vitest'

/** A signed-in Socket.IO connection and everything that it received. */
export interface Connection {
  /** The data of every event of this name so far, oldest first. */
  received(event: string): Json[]
  /** The first event of this name, already here or still to come, that satisfies the predicate. */
  next(event: string, predicate?: (data: Json) => boolean): Promise<Json>
  /** Emits an event and resolves with its acknowledgement. */
  ask(event: string, data: object): Promise<Answer['body']>
  close(): void
}

/** Connects a person with a real client, until the test has finished. */
export async function connect({ url }: { url: string }, { token }: TestUser): Promise<Connection> {
  const socket = io(url, { forceNew: true, auth: { token } })
  onTestFinished(() => void socket.disconnect())
  const events: { event: string; data: Json }[] = []
  socket.onAny((event: string, data: Json) => events.push({ event, data }))
  const received = (event: string) => events.flatMap((one) => (one.event === event ? [one.data] : []))
  const next: Connection['next'] = (event, predicate = () => true) =>
    eventually(() => {
      const found = received(event).find(predicate)
      if (found === undefined) throw new Error(`no such ${event} among ${JSON.stringify(events)}`)
      return found
    })
  await next('authenticated')
  return {
    received,
    next,
    ask: (event, data) => socket.timeout(15_000).emitWithAck(event, data),
    close: () => void socket.disconnect()
  }
}

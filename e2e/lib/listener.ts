import { type Frame, openSessionSocket, type TestSocket, type TestSystem } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'

/** A client as it should be written: it stays connected, and comes back with `after_seq` where it left off. */
export interface Listener {
  /** Every `seq` in the order it arrived, over all connections. */
  readonly seqs: readonly number[]
  readonly reconnects: number
  stop(): Promise<void>
}

/** Keeps a socket on a session open, whatever happens to it, and writes down what arrives. */
export async function listen(system: TestSystem, sessionId: string, token: string): Promise<Listener> {
  const seqs: number[] = []
  let reconnects = 0
  let stopped = false
  let socket: TestSocket | undefined

  function take(frame: Frame): void {
    if (frame['type'] === 'message') seqs.push(frame['seq'])
  }

  async function connect(): Promise<TestSocket> {
    const opened = await openSessionSocket(system, sessionId, token, { afterSeq: seqs.at(-1) ?? 0 })
    // What came together with the handshake is here already.
    opened.frames.forEach(take)
    opened.raw.on('message', (data) => take(JSON.parse(data.toString())))
    return opened
  }

  async function keepConnected(): Promise<void> {
    while (!stopped) {
      try {
        socket = await connect()
        await socket.closed
      } catch {
        // Refused while something is down: a client tries again.
      }
      if (stopped) return
      reconnects += 1
      await wait(50)
    }
  }

  const kept = keepConnected()
  return {
    seqs,
    get reconnects() {
      return reconnects
    },
    async stop() {
      stopped = true
      socket?.terminate()
      await kept
    }
  }
}

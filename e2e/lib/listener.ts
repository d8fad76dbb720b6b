import { type Frame, openSessionSocket, type TestSystem } from '@belay/testing'
import { keepConnected } from './kept-socket.ts'

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

  function take(frame: Frame): void {
    if (frame['type'] === 'message') seqs.push(frame['seq'])
  }

  const kept = keepConnected(async () => {
    const opened = await openSessionSocket(system, sessionId, token, { afterSeq: seqs.at(-1) ?? 0 })
    // What came together with the handshake is here already.
    opened.frames.forEach(take)
    opened.raw.on('message', (data) => take(JSON.parse(data.toString())))
    return opened
  })
  return {
    seqs,
    get reconnects() {
      return kept.reconnects
    },
    stop: () => kept.stop()
  }
}

import { type Frame, openSessionSocket, type TestSocket, type TestSystem } from '@belay/testing'
import { keepConnected } from './kept-socket.ts'

/** A client as it should be written: it stays connected, and comes back with `after_seq` where it left off. */
export interface Listener {
  /** Every `seq` in the order it arrived, over all connections. */
  readonly seqs: readonly number[]
  readonly reconnects: number
  /** The `reset` frames it received: after each it drops its messages and reads the log again. */
  readonly resets: readonly { epoch: string; lastSeq: number }[]
  stop(): Promise<void>
}

/** Keeps a socket on a session open, reconnecting after every loss, and records what arrives. */
export async function listen(
  system: TestSystem,
  sessionId: string,
  token: string,
  place: { afterSeq?: number; epoch?: string } = {}
): Promise<Listener> {
  const seqs: number[] = []
  const resets: { epoch: string; lastSeq: number }[] = []
  let start = place

  function follow(socket: TestSocket): void {
    let isReset = false
    const take = (frame: Frame) => {
      if (isReset) return
      if (frame['type'] === 'message') seqs.push(frame['seq'])
      if (frame['type'] !== 'reset') return
      isReset = true
      resets.push({ epoch: frame['epoch'], lastSeq: frame['last_seq'] })
      start = { epoch: frame['epoch'] }
      seqs.length = 0
      socket.terminate()
    }
    // What came together with the handshake is here already.
    socket.frames.forEach(take)
    socket.raw.on('message', (data) => take(JSON.parse(data.toString())))
  }

  const kept = keepConnected(async () => {
    const afterSeq = seqs.at(-1) ?? start.afterSeq ?? 0
    const opened = await openSessionSocket(system, sessionId, token, { ...start, afterSeq })
    follow(opened)
    return opened
  })
  return {
    seqs,
    resets,
    get reconnects() {
      return kept.reconnects
    },
    stop: () => kept.stop()
  }
}

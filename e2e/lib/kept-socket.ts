import type { TestSocket } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'

/** A connection that is opened again each time it ends. */
export interface KeptSocket {
  readonly reconnects: number
  stop(): Promise<void>
}

/** Keeps what `open` opens: a refusal or an end is answered by another try, until stopped. */
export function keepConnected(open: () => Promise<TestSocket>): KeptSocket {
  let reconnects = 0
  let stopped = false
  let socket: TestSocket | undefined

  async function run(): Promise<void> {
    while (!stopped) {
      try {
        socket = await open()
        if (stopped) socket.terminate()
        await socket.closed
      } catch {
        // Refused while something is down: a client tries again.
      }
      if (stopped) return
      reconnects += 1
      await wait(50)
    }
  }

  const kept = run()
  return {
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

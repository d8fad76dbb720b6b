import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { type RawData, WebSocket } from 'ws'

/** Where Node listens for a debugger after SIGUSR1; one process at a time. */
const debuggerUrl = 'http://127.0.0.1:9229/json'

/** Bytes that a Node process holds on to, what it could give back having been collected. */
export async function readLiveMemory(pid: number | undefined): Promise<number> {
  if (pid === undefined) throw new Error('the process is not running')
  process.kill(pid, 'SIGUSR1')
  const socket = new WebSocket(await findDebugger())
  await once(socket, 'open')
  if ((await evaluate(socket, 'process.pid')) !== pid) throw new Error('another process listens for a debugger')
  // Twice: finalizers of the first collection let go of more.
  await ask(socket, 'HeapProfiler.collectGarbage')
  await ask(socket, 'HeapProfiler.collectGarbage')
  const used = await evaluate(socket, '{ const m = process.memoryUsage(); m.heapUsed + m.external }')
  socket.send(JSON.stringify({ id: 0, method: 'Runtime.evaluate', params: { expression: closing } }))
  await once(socket, 'close')
  return used
}

const closing = `setImmediate(() => process.getBuiltinModule('node:inspector').close())`

async function findDebugger(): Promise<string> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    try {
      const [target]: { webSocketDebuggerUrl: string }[] = JSON.parse(await (await fetch(debuggerUrl)).text())
      if (target !== undefined) return target.webSocketDebuggerUrl
    } catch {
      // It does not listen yet.
    }
    await wait(20)
  }
  throw new Error('the process does not listen for a debugger')
}

async function evaluate(socket: WebSocket, expression: string): Promise<number> {
  const { result }: { result: { value: number } } = await ask(socket, 'Runtime.evaluate', { expression })
  return result.value
}

async function ask<Answer>(socket: WebSocket, method: string, params = {}): Promise<Answer> {
  socket.send(JSON.stringify({ id: 1, method, params }))
  for (;;) {
    const [data]: RawData[] = await once(socket, 'message')
    const { id, result }: { id?: number; result: Answer } = JSON.parse(String(data))
    if (id === 1) return result
  }
}

/**
 * Prints how many functions and files run in the realtime-gateway and the chat while one message goes from a socket to
 * the disk and to another socket, on a system of its own: `node --conditions=@belay/source tools/count-message.ts`.
 */
import { once } from 'node:events'
import { createLogBook, openSessionSocket, registerUser, startOwnSystem, type TestSystem } from '@belay/testing'

/** What is read here of the inspector's answers. */
interface Coverage {
  result: { url: string; functions: { functionName: string; ranges: { count: number }[] }[] }[]
}

/** Where a process listens for an inspector after SIGUSR1: one process at a time. */
const inspectorUrl = 'http://127.0.0.1:9229/json/list'
const ours = /\/((?:packages|services)\/[^/]+\/src\/[^?]+)/

const own = await startOwnSystem({ env: { RATE_LIMITS: 'off' } }, createLogBook())
try {
  const ran = await traceMessage(own)
  const files = new Set(ran.map(({ path }) => path))
  console.log(ran.map(({ path, name }) => `${path}: ${name}`).join('\n'))
  console.log(`a message runs ${ran.length} functions in ${files.size} files`)
} finally {
  await own.stop()
}

/** Returns every named function that ran between a message's frame and its delivery. */
async function traceMessage(system: TestSystem): Promise<{ path: string; name: string }[]> {
  const [ana, ben] = await Promise.all([registerUser(system), registerUser(system)])
  const destination = { slug: 'railay', name: 'Railay, Krabi' }
  const trip = await ana.api.post('/api/trips/', { destination, start_date: '2027-03-16', end_date: '2027-03-16' })
  const session = await ana.api.post('/api/sessions/', {
    invitee_id: ben.id,
    trip_id: trip.body.id,
    proposed_date: '2027-03-16',
    time_block: 'morning'
  })
  const sockets = await Promise.all(
    [ana, ben].map((person) => openSessionSocket(system, session.body.id, person.token))
  )
  const send = async (content: string): Promise<void> => {
    sockets[0]?.send({ type: 'message', content, client_msg_id: crypto.randomUUID() })
    await Promise.all(sockets.map((socket) => socket.next((frame) => frame['content'] === content)))
  }
  // What happens once only, such as compiling schemas, is no part of the path that is counted.
  await send('First')
  const ran = []
  for (const service of ['realtime-gateway', 'chat'] as const) {
    ran.push(...(await coverageDuring(system.process(service).pid ?? 0, () => send(`Through ${service}`))))
  }
  return ran
}

async function coverageDuring(pid: number, work: () => Promise<void>): Promise<{ path: string; name: string }[]> {
  const inspector = await attach(pid)
  await inspector.call('Profiler.enable')
  await inspector.call('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await work()
  const { result } = await inspector.call<Coverage>('Profiler.takePreciseCoverage')
  await inspector.call('Runtime.evaluate', {
    expression: "setTimeout(() => process.getBuiltinModule('node:inspector').close(), 50)"
  })
  await inspector.closed
  return result.flatMap(({ url, functions }) => {
    const path = ours.exec(url)?.[1]
    if (path === undefined) return []
    return functions
      .filter(({ functionName, ranges }) => functionName !== '' && (ranges[0]?.count ?? 0) > 0)
      .map(({ functionName }) => ({ path, name: functionName }))
  })
}

async function attach(pid: number) {
  process.kill(pid, 'SIGUSR1')
  let url: string | undefined
  while (url === undefined) {
    url = await fetch(inspectorUrl).then(
      async (answer) => JSON.parse(await answer.text())[0]?.webSocketDebuggerUrl,
      () => undefined
    )
  }
  const socket = new WebSocket(url)
  const closed = once(socket, 'close')
  await once(socket, 'open')
  let calls = 0
  return {
    closed,
    call<Result>(method: string, params: object = {}): Promise<Result> {
      const id = ++calls
      socket.send(JSON.stringify({ id, method, params }))
      return new Promise((resolve) => {
        socket.addEventListener('message', function take({ data }) {
          const answer = JSON.parse(String(data))
          if (answer.id !== id) return
          socket.removeEventListener('message', take)
          resolve(answer.result)
        })
      })
    }
  }
}

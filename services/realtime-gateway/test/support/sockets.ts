import { get } from 'node:http'
import { text } from 'node:stream/consumers'
import { createApi, type Frame, openSessionSocket, openSocket, type TestSocket, type TestSystem } from '@belay/testing'

/** Opens a session's socket and waits until it is admitted: frames wait for that, so an answer to one proves it. */
export async function openJoined(
  origin: { url: string },
  sessionId: string,
  token: string,
  options: { afterSeq?: number } = {}
): Promise<TestSocket> {
  const socket = await openSessionSocket(origin, sessionId, token, options)
  socket.send({ type: 'are you there' })
  await socket.next((frame) => frame['type'] === 'error')
  return socket
}

/** The realtime gateway itself, behind the public door. */
export function replica(system: TestSystem, index = 0): { url: string } {
  return { url: `http://127.0.0.1:${system.process('realtime-gateway', index).port}` }
}

export const messagesOf = (socket: TestSocket): Frame[] => socket.frames.filter((frame) => frame['type'] === 'message')

export const seqsOf = (socket: TestSocket): number[] => messagesOf(socket).map((frame) => frame['seq'])

export const isMessage = (seq: number) => (frame: Frame) => frame['type'] === 'message' && frame['seq'] === seq

export const numbersFrom = (first: number, last: number): number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)

/** The status that a refused upgrade was answered with; 101 when it was not refused. */
export async function upgradeStatus(url: string, headers: Record<string, string>): Promise<number> {
  try {
    const socket = await openSocket(url, { headers })
    socket.terminate()
    return 101
  } catch (error) {
    return Number(/(\d{3})$/.exec(String(error))?.[1])
  }
}

/** The error code of a refused upgrade. */
export function upgradeRefusal(url: string, headers: Record<string, string>): Promise<string> {
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64')
  }
  return new Promise((resolve, reject) => {
    const request = get(url.replace(/^ws/, 'http'), { headers: { ...upgrade, ...headers } })
    request.on('error', reject)
    request.on('upgrade', () => reject(new Error('the upgrade was not refused')))
    request.on('response', (response) => void text(response).then((body) => resolve(JSON.parse(body).code), reject))
  })
}

/** The subprotocol that an upgrade confirms; undefined for none. */
export function confirmedProtocol(url: string, offered: string): Promise<string | undefined> {
  const headers = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': Buffer.alloc(16).toString('base64'),
    'sec-websocket-protocol': offered
  }
  return new Promise((resolve, reject) => {
    const request = get(url, { headers })
    request.on('error', reject)
    request.on('response', ({ statusCode }) => reject(new Error(`refused with ${statusCode}`)))
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve(response.headers['sec-websocket-protocol'])
    })
  })
}

/** One of the realtime gateway's own metrics; 0 when it does not have it yet. */
export async function metricOf(origin: { url: string }, name: string, label = ''): Promise<number> {
  const { body } = await createApi(origin.url).get('/metrics')
  const lines = String(body).split('\n')
  const line = lines.find((each) => each.startsWith(`belay_realtime_${name}{`) && each.includes(label))
  return Number(line?.split(' ').at(-1) ?? 0)
}

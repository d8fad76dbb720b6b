import { type Checked, check, DemoFailed } from './check.ts'
import type { Person } from './person.ts'

const patienceMs = 10_000

/** One person's socket. */
export interface DemoSocket {
  send(frame: unknown): void
  /** The first frame, old or new, that `matches`. */
  next(what: string, matches: (frame: Checked) => boolean): Promise<Checked>
  close(): Promise<void>
}

/** Opens `/ws/sessions/{id}/` for a person, replaying the messages after `afterSeq`. */
export function openSessionSocket(
  origin: string,
  person: Person,
  sessionId: string,
  afterSeq?: number
): Promise<DemoSocket> {
  const url = new URL(`/ws/sessions/${sessionId}/`, origin.replace(/^http/, 'ws'))
  url.searchParams.set('token', person.token)
  if (afterSeq !== undefined) url.searchParams.set('after_seq', String(afterSeq))
  return open(new WebSocket(url), person)
}

/** Opens `/ws/{user_id}` for a person. */
export function openThreadSocket(origin: string, person: Person): Promise<DemoSocket> {
  const url = new URL(`/ws/${person.id}`, origin.replace(/^http/, 'ws'))
  return open(new WebSocket(url, ['bearer', person.token]), person)
}

async function open(socket: WebSocket, person: Person): Promise<DemoSocket> {
  const frames: Checked[] = []
  const arrivals = new EventTarget()
  socket.addEventListener('message', ({ data }) => {
    frames.push(check.object(JSON.parse(String(data))))
    arrivals.dispatchEvent(new Event('frame'))
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve(), { once: true })
    socket.addEventListener('error', () => reject(new DemoFailed(`${person.name}'s socket did not open`)), {
      once: true
    })
  })
  return {
    send: (frame) => socket.send(JSON.stringify(frame)),
    next: (what, matches) =>
      new Promise((resolve, reject) => {
        const patience = setTimeout(() => reject(new DemoFailed(`${person.name} never got ${what}`)), patienceMs)
        const look = () => {
          const frame = frames.find(matches)
          if (frame === undefined) return
          clearTimeout(patience)
          arrivals.removeEventListener('frame', look)
          resolve(frame)
        }
        arrivals.addEventListener('frame', look)
        look()
      }),
    close: () =>
      new Promise((resolve) => {
        socket.addEventListener('close', () => resolve(), { once: true })
        socket.close()
      })
  }
}

import { io, type Socket } from 'socket.io-client'
import { type Checked, check, DemoFailed } from './check.ts'
import type { Person } from './person.ts'

const patienceMs = 15_000

/** One person's Socket.IO connection. */
export interface DemoSocketIo {
  /** Emits an event and returns the `data` of its acknowledgement; fails the demo unless that is a success. */
  ask(event: string, data: object): Promise<Checked>
  /** The first event of this name, old or new, that `matches`. */
  next(event: string, matches?: (data: Checked) => boolean): Promise<Checked>
  close(): void
}

/** Connects a person, with their token in the handshake. */
export async function openSocketIo(origin: string, person: Person): Promise<DemoSocketIo> {
  const socket = io(origin, { forceNew: true, auth: { token: person.token } })
  const events: { event: string; data: Checked }[] = []
  const arrivals = new EventTarget()
  socket.onAny((event: string, data: unknown) => {
    events.push({ event, data: check.object(data) })
    arrivals.dispatchEvent(new Event('arrival'))
  })
  const next: DemoSocketIo['next'] = (event, matches = () => true) =>
    new Promise((resolve, reject) => {
      const patience = setTimeout(() => reject(new DemoFailed(`${person.name} never got ${event}`)), patienceMs)
      const look = () => {
        const found = events.find((one) => one.event === event && matches(one.data))
        if (found === undefined) return
        clearTimeout(patience)
        arrivals.removeEventListener('arrival', look)
        resolve(found.data)
      }
      arrivals.addEventListener('arrival', look)
      look()
    })
  await next('authenticated', (data) => data['user_id'] === person.id)
  return { next, ask: (event, data) => ask(socket, event, data), close: () => socket.disconnect() }
}

async function ask(socket: Socket, event: string, data: object): Promise<Checked> {
  const answer = check.object(await socket.timeout(patienceMs).emitWithAck(event, data))
  check.that(answer['success'] === true, `${event} was acknowledged with ${JSON.stringify(answer)}`)
  return check.object(answer['data'])
}

import type { Pool } from 'undici'
import { type Person, post, register, repeat } from './api.ts'

/** A gathering's group thread and its members. */
export interface Group {
  threadId: string
  people: Person[]
}

/** A gathering that accepts every request. */
interface OpenEvent {
  id: string
  host: Person
}

/** Registers a host with a gathering of 1,000 places. */
async function hostEvent(pool: Pool, host: Person): Promise<OpenEvent> {
  const event = await post(pool, '/events', host.token, {
    title: 'Morning Tennis Match',
    description: 'Friendly tennis game at Central Park',
    starts_at: '2099-03-16T09:00:00.000Z',
    location: 'Central Park Tennis Courts',
    activity_type: 'tennis',
    capacity: 1000,
    auto_accept: true
  })
  return { id: String(event['id']), host }
}

/** Brings a guest into an event and its group thread, whose id it answers. */
async function joinEvent(pool: Pool, guest: Person, event: OpenEvent): Promise<string> {
  const request = await post(pool, '/requests', guest.token, { event_id: event.id, host_id: event.host.id })
  return String(request['thread_id'])
}

/** Registers a host and guests who all join one event: `size` people in its group thread. */
export async function makeGroup(pool: Pool, size: number): Promise<Group> {
  const host = await register(pool)
  const event = await hostEvent(pool, host)
  const guests = await repeat(size - 1, async () => {
    const guest = await register(pool)
    return { ...guest, threadId: await joinEvent(pool, guest, event) }
  })
  return { threadId: guests[0]?.threadId ?? '', people: [host, ...guests] }
}

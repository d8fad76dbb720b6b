import { registerUser, type SharedSystem, type TestUser } from '@belay/testing'

/** A hosted event and the ways into it. */
export interface Gathering {
  host: TestUser
  eventId: string
  /** A new person asks to join. */
  ask(): Promise<{ guest: TestUser; requestId: string }>
  /** A new person asks to join and is accepted. */
  admit(): Promise<{ guest: TestUser; requestId: string; threadId: string; bookingId: string }>
}

/** Registers a host with an event. */
export async function hostEvent(system: SharedSystem, event: Record<string, unknown> = {}): Promise<Gathering> {
  const host = await registerUser(system)
  const created = await host.api.post('/events', {
    title: 'Morning Tennis Match',
    description: 'Friendly tennis game at Central Park',
    starts_at: '2027-01-15T09:00:00.000Z',
    location: 'Central Park Tennis Courts',
    address: 'Central Park, New York, NY',
    activity_type: 'tennis',
    capacity: 10,
    ...event
  })
  if (created.status !== 201) throw new Error(`hosting answered ${created.status}: ${JSON.stringify(created.body)}`)
  const eventId: string = created.body.id
  const ask = async () => {
    const guest = await registerUser(system)
    const request = await guest.api.post('/requests', { event_id: eventId, host_id: host.id })
    if (request.status !== 201) throw new Error(`asking answered ${request.status}: ${JSON.stringify(request.body)}`)
    return { guest, requestId: request.body.request_id as string }
  }
  const admit = async () => {
    const { guest, requestId } = await ask()
    const { body } = await host.api.post(`/requests/${requestId}/act`, { action: 'accept' })
    return { guest, requestId, threadId: body.thread_id as string, bookingId: body.booking_id as string }
  }
  return { host, eventId, ask, admit }
}

import { type Answer, type Api, registerUser, type TestUser } from '@belay/testing'

/** A moment so far ahead that no event at it has begun. */
const startsAt = '2099-06-01T09:00:00.000Z'

/** The body of a proper event, but for what is overridden. */
export function eventBody(overrides: Record<string, unknown> = {}) {
  return {
    title: 'Morning Tennis Match',
    description: 'Friendly tennis game at Central Park',
    starts_at: startsAt,
    capacity: 4,
    activity_type: 'tennis',
    location: 'Central Park Tennis Courts',
    address: 'Central Park, New York, NY',
    ...overrides
  }
}

/** Fails unless the answer has this status; gives its body. */
export function expectStatus(answer: Answer, status: number) {
  if (answer.status !== status)
    throw new Error(`${status} expected, not ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body
}

export interface HostedEvent {
  host: TestUser
  id: string
}

/** A new event of a new host. */
export async function hostEvent(
  system: { url: string },
  overrides: Record<string, unknown> = {}
): Promise<HostedEvent> {
  const host = await registerUser(system)
  return { host, id: expectStatus(await host.api.post('/events', eventBody(overrides)), 201).id }
}

/** Asks to join; the raw answer. */
export function ask(guest: TestUser, event: HostedEvent, overrides: Record<string, unknown> = {}): Promise<Answer> {
  return guest.api.post('/requests', { event_id: event.id, host_id: event.host.id, ...overrides })
}

export function act(by: TestUser, requestId: string, action: string): Promise<Answer> {
  return by.api.post(`/requests/${requestId}/act`, { action })
}

/** The id of a new request of this guest. */
export async function requestOf(guest: TestUser, event: HostedEvent): Promise<string> {
  return expectStatus(await ask(guest, event), 201).id
}

/** The id of a request that the host accepted. */
export async function bookedBy(guest: TestUser, event: HostedEvent): Promise<string> {
  const id = await requestOf(guest, event)
  expectStatus(await act(event.host, id, 'accept'), 200)
  return id
}

/** The status of a request as its guest sees it. */
export async function statusOf(guest: TestUser, requestId: string): Promise<string | undefined> {
  const requests: { id: string; status: string }[] = expectStatus(await guest.api.get('/requests'), 200)
  return requests.find((request) => request.id === requestId)?.status
}

/** Taken places, the host's included. */
export async function placesTaken(event: HostedEvent): Promise<number> {
  return expectStatus(await event.host.api.get(`/events/${event.id}`), 200).booked
}

/** So many new people, a few at a time: each password costs the processor something. */
export async function registerMany(system: { url: string }, count: number): Promise<TestUser[]> {
  const people: TestUser[] = []
  while (people.length < count) {
    const next = Array.from({ length: Math.min(5, count - people.length) }, () => registerUser(system))
    people.push(...(await Promise.all(next)))
  }
  return people
}

/** The ids in a list. */
export function idsOf(answer: Answer): string[] {
  return expectStatus(answer, 200).map((item: { id: string }) => item.id)
}

/** The path of the next page, from the `Link` header; undefined on the last one. */
export function nextOf(answer: Answer): string | undefined {
  const url = /<([^>]+)>; rel="next"/.exec(String(answer.headers['link']))?.[1]
  return url === undefined ? undefined : url.replace(/^https?:\/\/[^/]+/, '')
}

/** The ids on each page of a list, following `Link`. */
export async function pagesOf(api: Pick<Api, 'get'>, path: string): Promise<string[][]> {
  const pages: string[][] = []
  for (let next: string | undefined = path; next !== undefined;) {
    const answer: Answer = await api.get(next)
    pages.push(idsOf(answer))
    next = nextOf(answer)
  }
  return pages
}

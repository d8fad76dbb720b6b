import { type Api, createApi, registerUser, type TestSystem, type TestUser } from '@belay/testing'
import { randomUUID } from 'node:crypto'

/** A gathering that accepts every request, and its group thread with its members. */
export interface Group {
  host: TestUser
  eventId: string
  threadId: string
  /** The host first. */
  people: TestUser[]
}

/** A user who can make calls, with or without a sign-in. */
interface Caller {
  id: string
  api: Api
}

/** Registers `size` people: one hosts an event with room for `capacity`, the others join it. */
export async function openGroup(system: TestSystem, size: number, capacity = 1_000): Promise<Group> {
  const people = await registerMany(system, size)
  const [host, ...guests] = people
  if (host === undefined) throw new Error('a group needs people')
  const event = { title: 'Morning Tennis Match', starts_at: '2099-06-01T09:00:00.000Z', capacity, auto_accept: true }
  const created = await host.api.post('/events', event)
  if (created.status !== 201) throw new Error(`hosting answered ${created.status}: ${JSON.stringify(created.body)}`)
  const group = { host, eventId: String(created.body.id), threadId: '', people }
  const bookings = await inTurns(guests, (guest) => enter(group, guest))
  return { ...group, threadId: bookings[0]?.threadId ?? '' }
}

/** Joins the event of a group. */
export async function enter(
  { host, eventId }: Pick<Group, 'host' | 'eventId'>,
  guest: Caller
): Promise<{ requestId: string; threadId: string }> {
  const answer = await guest.api.post('/requests', { event_id: eventId, host_id: host.id })
  if (answer.status !== 201) throw new Error(`joining answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return { requestId: answer.body.request_id, threadId: answer.body.thread_id }
}

/** Withdraws; the guest has left when this resolves. */
export async function leave(guest: Caller, requestId: string): Promise<void> {
  const answer = await guest.api.delete(`/requests/${requestId}`)
  if (answer.status !== 204) throw new Error(`leaving answered ${answer.status}: ${JSON.stringify(answer.body)}`)
}

/** Sends a message to a group and returns its `seq`. */
export async function say({ threadId }: Pick<Group, 'threadId'>, sender: Caller, body: string): Promise<number> {
  const answer = await sender.api.post(`/threads/${threadId}/messages`, { body })
  if (answer.status !== 201) throw new Error(`sending answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return answer.body.seq
}

/** Registers `count` people. */
export function registerMany(system: TestSystem, count: number): Promise<TestUser[]> {
  return inTurns(Array.from({ length: count }), () => registerUser(system))
}

/**
 * Adds `count` people to every service without registering them: hashing hundreds of passwords takes minutes. They call
 * with the header of `DEV_TEST_AUTH` and have no token for a socket.
 */
export async function addPeople(system: TestSystem, count: number): Promise<Caller[]> {
  const ids = Array.from({ length: count }, () => randomUUID())
  const names = ids.map((_, index) => `Guest ${index}`)
  for (const schema of ['sessions', 'chat', 'notifications']) {
    const [bio, noBio] = schema === 'sessions' ? [', bio', `, ''`] : ['', '']
    await system.sql(
      `insert into ${schema}.users (id, display_name, tier, role, disabled, version${bio})
       select id, name, 'free', 'user', false, 1${noBio} from unnest($1::uuid[], $2::text[]) as one (id, name)`,
      [ids, names]
    )
  }
  return ids.map((id) => ({ id, api: callingAs(system, id) }))
}

function callingAs(system: TestSystem, id: string): Api {
  const api = createApi(system.url)
  const call: Api['call'] = (method, path, body, headers) =>
    api.call(method, path, body, { 'x-test-user-id': id, ...headers })
  return {
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    delete: (path, body, headers) => call('DELETE', path, body, headers)
  }
}

/** Does something for each, ten at a time; results come in the order of the items. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>
): Promise<Result[]> {
  const results: Result[] = []
  for (let from = 0; from < items.length; from += 10) {
    results.push(...(await Promise.all(items.slice(from, from + 10).map(work))))
  }
  return results
}

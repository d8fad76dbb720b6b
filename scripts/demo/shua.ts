import { type Checked, check } from './check.ts'
import { notified, type Say } from './narration.ts'
import { type Person, register } from './person.ts'
import { type DemoSocket, openThreadSocket } from './socket.ts'

const weekMs = 7 * 86_400_000

interface Cast {
  jane: Person
  john: Person
  mia: Person
  eventId: string
}

/** A host and two guests: requests, the one group chat, the inbox, a withdrawal, a cancellation: the Shua front door. */
export async function playShua(origin: string, say: Say): Promise<void> {
  const jane = await register(origin, 'Jane Smith')
  const john = await register(origin, 'John Doe')
  const mia = await register(origin, 'Mia Chen')
  say(`${jane.name}, ${john.name} and ${mia.name} sign up`)
  const cast: Cast = { jane, john, mia, eventId: await host(jane, say) }
  const { threadId, request } = await firstGuest(cast, say)
  const atJane = await joinGroup(origin, jane, threadId, say)
  const atJohn = await joinGroup(origin, john, threadId, say)
  const miasRequest = await secondGuest(cast, [atJane, atJohn], say)
  const atMia = await joinGroup(origin, mia, threadId, say)
  await talk(cast, threadId, [atJane, atJohn, atMia], say)
  await readInbox(john, threadId, say)
  await lookAtDetails(john, threadId, request, say)
  await withdraw(cast, threadId, miasRequest, [atJane, atMia], say)
  await cancel(cast, threadId, say)
  await Promise.all([atJane.close(), atJohn.close(), atMia.close()])
}

async function host(jane: Person, say: Say): Promise<string> {
  const name = `Beginner ${Date.now()}`
  const tag = await jane.call('POST', '/tags', 201, { name, color: '#10b981', description: 'Suitable for beginners' })
  const event = await jane.call('POST', '/events', 201, {
    title: 'Morning Tennis Match',
    description: 'Friendly tennis game at Central Park',
    starts_at: new Date(Date.now() + weekMs).toISOString(),
    capacity: 4,
    activity_type: 'tennis',
    location: 'Central Park Tennis Courts',
    address: 'Central Park, New York, NY',
    tag_ids: [check.text(tag, 'id')]
  })
  say(`${jane.name} hosts "${check.text(event, 'title')}" for ${String(event['capacity'])}, tagged "${name}"`)
  const found = check.items(await jane.call('GET', `/events?tag=${encodeURIComponent(name)}`, 200))
  check.that(found.length === 1, 'the event is not found by its tag')
  return check.text(event, 'id')
}

async function ask(guest: Person, { jane, eventId }: Cast, say: Say): Promise<string> {
  const request = await guest.call('POST', '/requests', 201, { event_id: eventId, host_id: jane.id })
  say(`${guest.name} asks to join: ${check.text(request, 'status')}`)
  return check.text(request, 'id')
}

async function accept({ jane }: Cast, requestId: string): Promise<string> {
  return check.text(await jane.call('POST', `/requests/${requestId}/act`, 200, { action: 'accept' }), 'thread_id')
}

async function firstGuest(cast: Cast, say: Say): Promise<{ threadId: string; request: string }> {
  const { jane, john } = cast
  const request = await ask(john, cast, say)
  await notified(jane, 'event_request_received', say)
  const question = await jane.call('POST', `/requests/${request}/messages`, 201, { body: 'Have you played before?' })
  say(`${jane.name} writes before she decides: "${check.text(question, 'body')}"`)
  const answer = { body: 'A little!' }
  const early = await john.call('POST', `/threads/${check.text(question, 'thread_id')}/messages`, 403, answer)
  say(`${john.name} cannot answer yet: "${check.text(early, 'detail')}"`)
  const threadId = await accept(cast, request)
  await notified(john, 'event_request_accepted', say)
  const opened = await messages(john, threadId)
  say(`the group opens: ${opened.map((message) => `"${check.text(message, 'body')}"`).join(', ')}`)
  await john.call('POST', `/threads/${check.text(question, 'thread_id')}/messages`, 201, answer)
  say(`${john.name} can answer ${jane.name} now: "${answer.body}"`)
  return { threadId, request }
}

async function secondGuest(cast: Cast, sockets: DemoSocket[], say: Say): Promise<string> {
  const request = await ask(cast.mia, cast, say)
  await accept(cast, request)
  const body = `${cast.mia.name} has joined the event!`
  await Promise.all(sockets.map((socket) => socket.next(body, (frame) => isMessage(frame, body))))
  say(`the group sees: "${body}"`)
  return request
}

async function joinGroup(origin: string, person: Person, threadId: string, say: Say): Promise<DemoSocket> {
  const socket = await openThreadSocket(origin, person)
  socket.send({ type: 'join_thread', thread_id: threadId, after_seq: 0 })
  const joined = await socket.next('the answer to join_thread', (frame) => frame['type'] === 'joined_thread')
  say(`${person.name} joins the thread on /ws/{user_id}, at message ${String(joined['last_seq'])}`)
  return socket
}

async function talk({ jane, john }: Cast, threadId: string, sockets: DemoSocket[], say: Say): Promise<void> {
  for (const [person, body] of [
    [john, 'Great! What should I bring?'],
    [jane, 'A racket and good mood. See you there!']
  ] as const) {
    const sent = await person.call('POST', `/threads/${threadId}/messages`, 201, {
      body,
      client_msg_id: crypto.randomUUID()
    })
    const frames = await Promise.all(sockets.map((socket) => socket.next(body, (frame) => isMessage(frame, body))))
    const isSame = frames.every((frame) => check.object(frame['message'])['seq'] === sent['seq'])
    check.that(isSame, 'the sockets disagree about a seq')
    say(`${person.name}, message ${String(sent['seq'])}, on ${frames.length} sockets: "${body}"`)
  }
}

async function readInbox(john: Person, threadId: string, say: Say): Promise<void> {
  const before = await inGroup(john, threadId)
  say(
    `${john.name}'s inbox: "${check.text(check.object(before['event']), 'title')}", ${String(before['unread_count'])} unread, ` +
      `last "${check.text(check.object(before['last_message']), 'body')}"`
  )
  const last = (await messages(john, threadId)).at(-1)
  await john.call('POST', `/threads/${threadId}/read`, 200, { last_read_seq: last?.['seq'] })
  const after = await inGroup(john, threadId)
  check.that(after['unread_count'] === 0, `${john.name} has read everything, but the inbox says otherwise`)
  say(`${john.name} reads up to message ${String(last?.['seq'])}: 0 unread`)
}

async function lookAtDetails(john: Person, threadId: string, request: string, say: Say): Promise<void> {
  const details = await john.call('GET', `/threads/${threadId}/details`, 200)
  const event = check.object(details['event'])
  check.that(check.object(details['request'])['id'] === request, "the details show another guest's request")
  const people = check.items(await john.call('GET', `/threads/${threadId}/participants`, 200))
  say(
    `beside the chat: ${check.text(event, 'address')}, host ${check.text(event, 'creator_name')}, booking ` +
      `${check.text(check.object(details['booking']), 'status')}; in the group: ` +
      people.map((person) => `${check.text(person, 'user_name')} (${check.text(person, 'role')})`).join(', ')
  )
}

async function withdraw(
  { jane, mia }: Cast,
  threadId: string,
  request: string,
  [atJane, atMia]: [DemoSocket, DemoSocket],
  say: Say
): Promise<void> {
  await mia.call('DELETE', `/requests/${request}`, 204)
  const body = `${mia.name} has left the event.`
  await atJane.next(body, (frame) => isMessage(frame, body))
  say(`${mia.name} withdraws; the group sees: "${body}"`)
  const ended = await atMia.next('the end of the thread', (frame) => frame['code'] === 'NOT_A_PARTICIPANT')
  say(`her socket is told: "${check.text(ended, 'detail')}"`)
  const refused = await mia.call('GET', `/threads/${threadId}/messages`, 403)
  say(`and over HTTP: "${check.text(refused, 'detail')}", while ${jane.name} goes on`)
}

async function cancel({ jane, john, eventId }: Cast, threadId: string, say: Say): Promise<void> {
  await jane.call('DELETE', `/events/${eventId}`, 204)
  await notified(john, 'event_cancelled', say)
  const locked = await john.call('POST', `/threads/${threadId}/messages`, 400, { body: 'Oh no!' })
  const kept = await messages(john, threadId)
  say(`the group is closed: "${check.text(locked, 'detail')}"; its ${kept.length} messages stay readable`)
}

async function messages(person: Person, threadId: string): Promise<Checked[]> {
  return check.items(await person.call('GET', `/threads/${threadId}/messages`, 200))
}

async function inGroup(person: Person, threadId: string): Promise<Checked> {
  const inbox = await person.call('GET', '/threads', 200)
  const thread = check.list(inbox, 'threads').find((one) => one['id'] === threadId)
  check.that(thread !== undefined, `the group is not in the inbox of ${person.name}`)
  return thread ?? {}
}

function isMessage(frame: Checked, body: string): boolean {
  return frame['type'] === 'new_message' && check.object(frame['message'])['body'] === body
}

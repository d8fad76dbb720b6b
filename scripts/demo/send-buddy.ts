import { check } from './check.ts'
import { notified, type Say } from './narration.ts'
import { type Person, register } from './person.ts'
import { type DemoSocket, openSessionSocket } from './socket.ts'

const dayMs = 86_400_000
const day = (fromNow: number) => new Date(Date.now() + fromNow * dayMs).toISOString().slice(0, 10)

/** Two climbers invite, accept, chat, miss a message, catch up, complete and rate: the whole Send Buddy front door. */
export async function playSendBuddy(origin: string, say: Say): Promise<void> {
  const alex = await register(origin, 'Alex Climber')
  const sarah = await register(origin, 'Sarah Climbs')
  say(`${alex.name} and ${sarah.name} sign up`)

  const sessionId = await invite(alex, sarah, say)
  await accept(alex, sarah, sessionId, say)
  await chat(origin, alex, sarah, sessionId, say)
  await complete(alex, sarah, sessionId, say)
  await changeOfPlans(alex, sarah, say)
}

async function invite(alex: Person, sarah: Person, say: Say): Promise<string> {
  const trip = await alex.call('POST', '/api/trips/', 201, {
    destination: { slug: 'railay', name: 'Railay, Krabi' },
    start_date: day(1),
    end_date: day(14)
  })
  say(`${alex.name} plans a trip to Railay, ${day(1)} to ${day(14)}`)
  const session = await alex.call('POST', '/api/sessions/', 201, {
    invitee_id: sarah.id,
    trip_id: check.text(trip, 'id'),
    proposed_date: day(2),
    time_block: 'morning',
    crag: 'Thaiwand Wall',
    goal: 'Work on 5.11 endurance routes'
  })
  say(`${alex.name} invites ${sarah.name} to Thaiwand Wall on the morning of ${day(2)}`)
  await notified(sarah, 'session_invited', say)
  return check.text(session, 'id')
}

async function accept(alex: Person, sarah: Person, sessionId: string, say: Say): Promise<void> {
  const refusal = await alex.call('POST', `/api/sessions/${sessionId}/accept/`, 403)
  say(`${alex.name} tries to accept for her: "${check.text(refusal, 'detail')}"`)
  const accepted = await sarah.call('POST', `/api/sessions/${sessionId}/accept/`, 200)
  say(`${sarah.name} accepts: "${check.text(accepted, 'message')}"`)
  await notified(alex, 'session_accepted', say)
}

async function chat(origin: string, alex: Person, sarah: Person, sessionId: string, say: Say): Promise<void> {
  const atAlex = await openSessionSocket(origin, alex, sessionId)
  const atSarah = await openSessionSocket(origin, sarah, sessionId)
  say('both open the chat')
  atSarah.send({ type: 'typing', is_typing: true })
  await atAlex.next('the typing indicator', (frame) => frame['type'] === 'typing')
  say(`${alex.name} sees that ${sarah.name} is typing`)
  await says(atSarah, atAlex, sarah, 'I bring my rope and quickdraws.', say)
  await says(atAlex, atSarah, alex, 'See you at 8 at the parking lot!', say)
  await atSarah.close()
  say(`${sarah.name}'s phone goes into her bag`)
  const missed = await alex.call('POST', `/api/sessions/${sessionId}/messages/`, 201, { body: 'Coffee is on me.' })
  say(`${alex.name} writes over HTTP: "Coffee is on me."`)
  await notified(sarah, 'message_received', say)
  const again = await openSessionSocket(origin, sarah, sessionId, Number(missed['seq']) - 1)
  const caughtUp = await again.next('the missed message', (frame) => frame['message_id'] === missed['id'])
  say(
    `${sarah.name} reconnects with after_seq and gets message ${String(caughtUp['seq'])}: "${check.text(caughtUp, 'content')}"`
  )
  const read = await sarah.call('POST', `/api/sessions/${sessionId}/mark-read/`, 200)
  say(`${sarah.name} reads everything: "${check.text(read, 'message')}", ${String(read['unread_count'])} unread`)
  await Promise.all([again.close(), atAlex.close()])
}

async function says(from: DemoSocket, to: DemoSocket, person: Person, content: string, say: Say): Promise<void> {
  from.send({ type: 'message', content })
  const isIt = (frame: Readonly<Record<string, unknown>>) => frame['type'] === 'message' && frame['content'] === content
  const [echo, received] = await Promise.all([from.next('the echo', isIt), to.next('the message', isIt)])
  check.that(echo['seq'] === received['seq'], 'the two sockets disagree about a seq')
  say(`${person.name}, message ${String(received['seq'])}: "${content}"`)
}

async function complete(alex: Person, sarah: Person, sessionId: string, say: Say): Promise<void> {
  const completed = await alex.call('POST', `/api/sessions/${sessionId}/complete/`, 200)
  say(`${alex.name} after the climb: "${check.text(completed, 'message')}"`)
  await notified(sarah, 'feedback_requested', say)
  const closed = await sarah.call('POST', `/api/sessions/${sessionId}/messages/`, 400, { body: 'One more thing…' })
  say(`the chat is closed now: "${check.text(closed, 'detail')}"`)
  await sarah.call('POST', `/api/sessions/${sessionId}/feedback/`, 201, {
    safety_rating: 5,
    communication_rating: 5,
    overall_rating: 5,
    notes: 'Would climb again'
  })
  const stats = await alex.call('GET', '/api/feedback/stats/', 200)
  say(`${sarah.name} gives five stars; ${alex.name} now has ${String(stats['total_ratings'])} rating`)
}

async function changeOfPlans(alex: Person, sarah: Person, say: Say): Promise<void> {
  const trips = await alex.call('GET', '/api/trips/', 200)
  const [trip] = check.list(trips, 'results')
  check.that(trip !== undefined, 'the trip is gone')
  for (const [move, who, body, offset] of [
    ['decline', sarah, { message: 'Sorry, I have other plans that day.' }, 3],
    ['cancel', alex, { reason: "Weather looks bad, let's reschedule." }, 4]
  ] as const) {
    const session = await alex.call('POST', '/api/sessions/', 201, {
      invitee_id: sarah.id,
      trip_id: trip?.['id'],
      proposed_date: day(offset),
      time_block: 'full_day'
    })
    const id = check.text(session, 'id')
    const moved = await who.call('POST', `/api/sessions/${id}/${move}/`, 200, body)
    const detail = await alex.call('GET', `/api/sessions/${id}/`, 200)
    const last = check.list(detail, 'messages').at(-1)
    check.that(last !== undefined, 'the closing words are gone')
    say(`another day, ${who.name}: "${check.text(moved, 'message')}", and in the chat: "${String(last?.['body'])}"`)
  }
}

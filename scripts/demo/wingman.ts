import { setTimeout as wait } from 'node:timers/promises'
import { type Checked, check, DemoFailed } from './check.ts'
import { notified, type Say } from './narration.ts'
import { type Person, register } from './person.ts'

/** How far ahead the session is: long enough to be refused before its time, short enough to wait for it. */
const leadMs = 5_000
const confirmWithinMs = 15_000

interface Cast {
  maya: Person
  theo: Person
  /** The person of the match with the lower id. */
  user1: Person
  user2: Person
  matchId: string
}

/** A match, two challenges, a session, its notes, both confirmations and the reputation: the Wingman front door. */
export async function playWingman(origin: string, say: Say): Promise<void> {
  const cast = await match(origin, say)
  const sessionId = await schedule(cast, say)
  await refuseEarly(cast, sessionId, say)
  await look(cast, sessionId, say)
  await takeNotes(cast, sessionId, say)
  await confirmBoth(cast, sessionId, say)
  await lookBack(cast, sessionId, say)
}

async function match(origin: string, say: Say): Promise<Cast> {
  const maya = await register(origin, 'Maya Lopez')
  const theo = await register(origin, 'Theo Grant')
  await maya.call('POST', `/api/v1/users/${theo.id}/like`, 200)
  const back = check.object((await theo.call('POST', `/api/v1/users/${maya.id}/like`, 200))['data'])
  const matchId = check.text(back, 'match_id')
  say(`${maya.name} and ${theo.name} sign up and like each other: a match`)
  const [user1, user2] = maya.id < theo.id ? [maya, theo] : [theo, maya]
  return { maya, theo, user1, user2, matchId }
}

async function schedule({ maya, theo, matchId }: Cast, say: Say): Promise<string> {
  const challenges = check.list(await maya.call('GET', '/api/challenges', 200), 'challenges')
  const [easy, hard] = [check.object(challenges[0]), check.object(challenges.at(-1))]
  say(
    `${challenges.length} challenges to choose from, "${check.text(easy, 'title')}" (${String(easy['points'])} points) to ` +
      `"${check.text(hard, 'title')}" (${String(hard['points'])})`
  )
  const plan = {
    match_id: matchId,
    venue_name: 'Blue Bottle Coffee',
    time: new Date(Date.now() + leadMs).toISOString(),
    user1_challenge_id: easy['id'],
    user2_challenge_id: hard['id']
  }
  const created = await maya.call('POST', '/api/session/create', 201, plan)
  say(
    `${maya.name}: "${check.text(created, 'message')}", in ${leadMs / 1_000} seconds so that this story can wait for it`
  )
  const again = await theo.call('POST', '/api/session/create', 409, plan)
  say(`one session at a time: "${check.text(again, 'detail')}"`)
  return check.text(created, 'session_id')
}

async function refuseEarly({ maya, theo }: Cast, sessionId: string, say: Say): Promise<void> {
  const early = await theo.call('POST', `/api/session/${sessionId}/confirm`, 400, { buddy_user_id: maya.id })
  check.that(early['code'] === 'SESSION_NOT_BEGUN', 'an early confirmation is refused for another reason')
  say(`${theo.name} cannot confirm it yet: "${check.text(early, 'detail')}"`)
  await notified(theo, 'buddy_session_scheduled', say)
}

async function look({ user1, user2 }: Cast, sessionId: string, say: Say): Promise<void> {
  const session = await user1.call('GET', `/api/session/${sessionId}`, 200)
  const people = check.object(session['participants'])
  const preview = check.object(session['reputation_preview'])
  const plans = [
    [user1, check.object(people['user1']), preview['user1_delta']],
    [user2, check.object(people['user2']), preview['user2_delta']]
  ] as const
  for (const [person, { id, challenge }, delta] of plans) {
    check.that(id === person.id && check.object(challenge)['points'] === delta, 'the preview is not of the challenges')
  }
  say(
    `${check.text(session, 'status')}: ` +
      plans
        .map(([{ name }, { challenge }, delta]) => {
          return `${name} would get ${String(delta)} for "${check.text(check.object(challenge), 'title')}"`
        })
        .join(', ')
  )
}

async function takeNotes({ maya, theo }: Cast, sessionId: string, say: Say): Promise<void> {
  const notes = '<b onclick="alert(1)">Table by the window</b>, 2 < 3 coffees & "no phones"'
  const written = await theo.call('PATCH', `/api/session/${sessionId}/notes`, 200, { notes })
  const read = await maya.call('GET', `/api/session/${sessionId}`, 200)
  check.that(read['notes'] === 'Table by the window, 2 < 3 coffees & "no phones"', 'the notes are not clean text')
  check.that(read['notes'] === written['notes'], 'the two read different notes')
  say(`${theo.name} takes notes, and ${maya.name} reads them without their markup: ${check.text(read, 'notes')}`)
}

async function confirmBoth({ maya, theo }: Cast, sessionId: string, say: Say): Promise<void> {
  const path = `/api/session/${sessionId}/confirm`
  const first = await onceBegun(() => theo.call('POST', path, 200, { buddy_user_id: maya.id }))
  check.that(first['session_status'] === 'scheduled', 'one confirmation completed the session')
  say(`its time has come, ${theo.name} confirms ${maya.name}: "${check.text(first, 'message')}"`)
  const again = await theo.call('POST', path, 400, { buddy_user_id: maya.id })
  say(`once is enough: "${check.text(again, 'detail')}"`)
  const second = await maya.call('POST', path, 200, { buddy_user_id: theo.id })
  check.that(second['session_completed'] === true, 'two confirmations did not complete the session')
  say(`${maya.name} confirms ${theo.name}: "${check.text(second, 'message')}"`)
}

/** Repeats a call that is refused before the session begins. */
async function onceBegun(confirm: () => Promise<Checked>): Promise<Checked> {
  for (const deadline = Date.now() + confirmWithinMs; ;) {
    try {
      return await confirm()
    } catch (error) {
      if (!(error instanceof DemoFailed) || Date.now() > deadline) throw error
      await wait(200)
    }
  }
}

async function lookBack({ user1, user2, matchId }: Cast, sessionId: string, say: Say): Promise<void> {
  const session = await user1.call('GET', `/api/session/${sessionId}`, 200)
  const preview = check.object(session['reputation_preview'])
  for (const [person, points] of [
    [user1, preview['user1_delta']],
    [user2, preview['user2_delta']]
  ] as const) {
    const reputation = await person.call('GET', `/api/user/reputation/${person.id}`, 200)
    const isCredited = reputation['score'] === points && reputation['completed_sessions'] === 1
    check.that(isCredited, `${person.name} was not credited once`)
    say(`${person.name}'s reputation: ${String(points)}, badge ${check.text(reputation, 'badge_color')}`)
    await notified(person, 'buddy_session_completed', say)
  }
  const conversation = await user2.call('GET', `/api/chat/messages/${matchId}`, 200)
  const said = check.list(conversation, 'messages').filter((message) => message['sender_id'] === null)
  check.that(said.length === 2, 'the conversation does not show the session once scheduled and once completed')
  say(`their conversation shows: ${said.map((message) => `"${check.text(message, 'message_text')}"`).join(', ')}`)
}

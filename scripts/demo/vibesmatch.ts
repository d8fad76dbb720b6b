import { type Checked, check } from './check.ts'
import { notified, type Say } from './narration.ts'
import { type Credentials, logIn, type Person, register } from './person.ts'
import { type DemoSocketIo, openSocketIo } from './socket-io.ts'

interface Cast {
  emma: Person
  noah: Person
  lily: Person
  /** Who can make people premium and read reports; without them the story is shorter. */
  admin: Person | undefined
}

/** Likes, a match, a message request, a chat over HTTP and Socket.IO, a report, a block: the VibesMatch front door. */
export async function playVibesMatch(origin: string, say: Say, administrator?: Credentials): Promise<void> {
  const admin = administrator && (await logIn(origin, administrator))
  const emma = await register(origin, 'Emma Hart')
  const noah = await register(origin, 'Noah Reed')
  const lily = await register(origin, 'Lily Park')
  say(`${emma.name}, ${noah.name} and ${lily.name} sign up`)
  const cast: Cast = { emma, noah, lily, admin }
  const matched = await like(cast, say)
  const requested = await request(cast, say)
  await chat(origin, cast, matched, say)
  await report(cast, say)
  await blockAndUnblock(cast, requested, say)
  await unmatch(cast, matched, say)
}

async function like({ emma, noah }: Cast, say: Say): Promise<string> {
  const first = await call(emma, 'POST', `/api/v1/users/${noah.id}/like`, 200)
  check.that(first['matched'] === false && first['match_id'] === null, 'one like made a match')
  say(`${emma.name} likes ${noah.name}: no match yet`)
  const back = await call(noah, 'POST', `/api/v1/users/${emma.id}/like`, 200)
  check.that(back['matched'] === true, 'liking back made no match')
  const matchId = check.text(back, 'match_id')
  say(`${noah.name} likes her back: a match`)
  await notified(emma, 'match_created', say)
  for (const person of [emma, noah]) {
    const { length } = (await conversations(person)).filter((one) => one['id'] === matchId)
    check.that(length === 1, `the conversation is not open to ${person.name}`)
  }
  say('their conversation is open to both, with the id of the match')
  return matchId
}

async function request({ emma, lily }: Cast, say: Say): Promise<string> {
  const toEmma = { receiver_id: emma.id, content: 'Hi! I noticed we both love hiking. Which trails do you like?' }
  const direct = await lily.call('POST', '/api/v1/messages/send', 403, toEmma)
  say(`${lily.name} is free and cannot just write: ${codeOf(direct)}`)
  const sent = await call(lily, 'POST', '/api/v1/messages/request', 201, toEmma)
  say(`she asks instead: "${check.text(sent, 'message')}", ${check.text(sent, 'status')}`)
  const again = await lily.call('POST', '/api/v1/messages/request', 409, toEmma)
  say(`one request is enough: ${codeOf(again)}`)
  await notified(emma, 'message_request_received', say)
  const [received] = check.list(await call(emma, 'GET', '/api/v1/messages/requests', 200), 'requests')
  check.that(received?.['preview_text'] === toEmma.content, 'the request is not in the list of its receiver')
  const id = check.text(sent, 'request_id')
  const accepted = await call(emma, 'POST', `/api/v1/messages/request/${id}/respond`, 200, { action: 'accept' })
  check.that(accepted['match_created'] === true, 'accepting made no match')
  say(`${emma.name} reads "${toEmma.content}" and accepts, which is a match, too`)
  await notified(lily, 'message_request_accepted', say)
  const conversationId = check.text(accepted, 'conversation_id')
  const [first] = await messages(lily, conversationId)
  check.that(first?.['id'] === sent['message_id'], 'the request is not the first message of the conversation')
  say('the request is the first message of their conversation')
  return conversationId
}

async function chat(origin: string, cast: Cast, conversationId: string, say: Say): Promise<void> {
  const { emma, noah } = cast
  const atEmma = await openSocketIo(origin, emma)
  const atNoah = await openSocketIo(origin, noah)
  await atEmma.next('user_online', (data) => data['user_id'] === noah.id)
  say(`both connect over Socket.IO; ${emma.name} sees that ${noah.name} is online`)
  await atNoah.ask('typing_start', { conversation_id: conversationId })
  await atEmma.next('user_typing', (data) => data['user_id'] === noah.id && data['is_typing'] === true)
  say(`${emma.name} sees that ${noah.name} is typing`)
  const words = { conversation_id: conversationId, content: 'Coffee on Saturday?', client_msg_id: crypto.randomUUID() }
  const acknowledged = await atNoah.ask('send_message', words)
  const messageId = check.text(acknowledged, 'message_id')
  await onBoth([atEmma, atNoah], acknowledged)
  const repeated = await atNoah.ask('send_message', words)
  check.that(repeated['message_id'] === messageId, 'the same client_msg_id made a second message')
  say(`${noah.name}: "${words.content}", acknowledged, on both sockets, and once although it is sent twice`)
  const overHttp = { receiver_id: noah.id, content: 'Gladly!', message_type: 'text' }
  const sent = await call(emma, 'POST', '/api/v1/messages/send', 201, overHttp)
  await onBoth([atEmma, atNoah], sent)
  say(`${emma.name} over HTTP: "Gladly!", on both sockets under the same id and seq`)
  await readReceipt(cast, conversationId, messageId, [atEmma, atNoah], say)
  atNoah.close()
  const gone = await atEmma.next('user_offline', (data) => data['user_id'] === noah.id)
  say(`${noah.name} closes his app; some seconds later he is offline, last active ${check.text(gone, 'last_active')}`)
  atEmma.close()
}

async function onBoth(sockets: readonly DemoSocketIo[], sent: Checked): Promise<void> {
  const isIt = (data: Checked) => data['message_id'] === sent['message_id']
  for (const socket of sockets) {
    const arrived = await socket.next('new_message', isIt)
    check.that(arrived['seq'] === sent['seq'], 'a socket disagrees about a seq')
  }
}

async function readReceipt(
  { emma, noah, admin }: Cast,
  conversationId: string,
  messageId: string,
  [atEmma, atNoah]: [DemoSocketIo, DemoSocketIo],
  say: Say
): Promise<void> {
  if (admin) {
    await admin.call('PATCH', `/api/admin/users/${noah.id}/`, 200, { tier: 'premium' })
    say(`an administrator makes ${noah.name} premium`)
  }
  await atEmma.ask('mark_read', { message_id: messageId })
  const seen = (await messages(noah, conversationId)).find((one) => one['id'] === messageId)
  check.that(seen?.['is_read'] === (admin !== undefined), 'read receipts do not follow the tier of the sender')
  if (admin) await atNoah.next('message_read', (data) => data['message_id'] === messageId)
  say(
    `${emma.name} reads it; ${noah.name} ` +
      (admin ? 'sees that, being premium' : 'does not see that, being free (ADMIN_EMAIL and ADMIN_PASSWORD show more)')
  )
}

async function report({ emma, noah, admin }: Cast, say: Say): Promise<void> {
  const body = { reason: 'fake_profile', description: 'Profile photos appear to be stock images' }
  const reported = await call(emma, 'POST', `/api/v1/users/${noah.id}/report`, 201, body)
  say(`${emma.name} reports ${noah.name}: "${check.text(reported, 'message')}"`)
  if (admin === undefined) return
  const queue = check.list(await admin.call('GET', '/api/admin/reports/', 200), 'results')
  const found = queue.find((one) => one['id'] === reported['report_id'])
  const said = found && check.list(found, 'context').at(-1)
  check.that(said !== undefined, 'the report is not in the queue with what was said')
  say(`it is in the administrators' queue, with what ${noah.name} wrote last: "${String(said?.['content'])}"`)
}

async function blockAndUnblock({ emma, lily }: Cast, conversationId: string, say: Say): Promise<void> {
  await call(emma, 'POST', `/api/v1/users/${lily.id}/block`, 200, { reason: 'inappropriate_behavior' })
  const history = `/api/v1/conversations/${conversationId}/messages`
  const words = { receiver_id: emma.id, content: 'Hello?' }
  const refused = await lily.call('POST', '/api/v1/messages/send', 403, words)
  const unread = await emma.call('GET', history, 403)
  say(`${emma.name} blocks ${lily.name}: writing is ${codeOf(refused)} at once, and reading ${codeOf(unread)}`)
  await lily.call('POST', `/api/v1/users/${emma.id}/like`, 403)
  say(`${lily.name} cannot like her either`)
  await call(emma, 'DELETE', `/api/v1/users/${lily.id}/block`, 200)
  const kept = await messages(emma, conversationId)
  say(`${emma.name} lifts the block: the match stays ended, its ${kept.length} message readable`)
}

async function unmatch({ emma, noah }: Cast, matchId: string, say: Say): Promise<void> {
  await call(emma, 'DELETE', `/api/v1/matches/${matchId}`, 200)
  const active = (await conversations(noah)).filter((one) => one['id'] === matchId)
  const archived = (await conversations(noah, 'archived')).filter((one) => one['id'] === matchId)
  check.that(active.length === 0 && archived.length === 1, 'the conversation is not archived')
  const refused = await noah.call('POST', '/api/v1/messages/send', 403, { receiver_id: emma.id, content: 'Why?' })
  say(`${emma.name} ends the match: the conversation is archived, readable, and writing is ${codeOf(refused)}`)
}

/** The `data` of a successful call. */
async function call(person: Person, ...parameters: Parameters<Person['call']>): Promise<Checked> {
  return check.object((await person.call(...parameters))['data'])
}

async function conversations(person: Person, type = 'active'): Promise<Checked[]> {
  return check.list(await call(person, 'GET', `/api/v1/conversations?type=${type}`, 200), 'conversations')
}

async function messages(person: Person, conversationId: string): Promise<Checked[]> {
  return check.list(await call(person, 'GET', `/api/v1/conversations/${conversationId}/messages`, 200), 'messages')
}

function codeOf(answer: Checked): string {
  return check.text(check.object(answer['error']), 'code')
}

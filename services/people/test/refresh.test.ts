import { createApi, eventually } from '@belay/testing'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { statusesOf } from './support/answers.ts'
import { cleanUpSignIns } from '#src/sign-ins/clean-up-sign-ins.ts'
import { cookieAttributes, cookieOf, setCookies } from './support/cookies.ts'
import { register, usePeople } from './support/people.ts'
import { listenToSignals } from './support/signals.ts'

const people = usePeople({ replicas: 2 })
const refresh = (cookie?: string, replica = 0) =>
  createApi(people.urls[replica] ?? '').post('/api/auth/refresh/', undefined, cookie === undefined ? {} : { cookie })
const logOut = (cookie?: string) =>
  createApi(people.url).post('/api/auth/logout/', undefined, cookie === undefined ? {} : { cookie })

const ofPerson = 'sign_in_id in (select id from sign_ins where user_id = $1)'
const unusedTokensOf = (userId: string) =>
  people.sql(`select count(*)::int as n from refresh_tokens where used_at is null and ${ofPerson}`, [userId])
/** The database's clock decides, so what was used is made 31 seconds older. */
const endGrace = (userId: string) =>
  people.sql(`update refresh_tokens set used_at = used_at - interval '31 seconds' where ${ofPerson}`, [userId])

test('refreshing gives an access token of the same sign-in and the next cookie', async () => {
  const { id, token, cookie } = await register(people)
  const answer = await refresh(cookie, 1)
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual({ access: expect.any(String) })
  expect(decodeJwt(answer.body.access)).toMatchObject({ sub: id, sid: decodeJwt(token).sid })
  expect(cookieOf(answer)).not.toBe(cookie)
  expect(cookieAttributes(answer)).toEqual(
    expect.arrayContaining(['HttpOnly', 'SameSite=Strict', 'Path=/api/auth/', 'Max-Age=604800'])
  )
  const next = createApi(people.url, answer.body.access)
  expect((await next.get('/auth/me')).body).toMatchObject({ id })
})

test.each([
  ['no cookie', undefined],
  ['an empty one', 'refresh_token='],
  ['an unknown one', `refresh_token=${'A'.repeat(43)}`],
  ['a broken one', 'refresh_token=%E0%A4%A']
])('%s is 401', async (_, cookie) => {
  const answer = await refresh(cookie)
  expect(answer.status).toBe(401)
  expect(answer.body).toMatchObject({ code: 'INVALID_REFRESH_TOKEN' })
})

test('a token that comes again within 30 s of its rotation gets the same successor, on every replica', async () => {
  const { token, cookie } = await register(people)
  const first = await refresh(cookie)
  const again = await refresh(cookie, 1)
  expect(again.status).toBe(200)
  expect(decodeJwt(again.body.access).sid).toBe(decodeJwt(token).sid)
  expect(cookieOf(again)).toBe(cookieOf(first))
  expect((await refresh(cookieOf(again))).status).toBe(200)
})

test('a token that comes again after its successor was used as well gets the newest one', async () => {
  const { id, cookie } = await register(people)
  const second = cookieOf(await refresh(cookie))
  const third = cookieOf(await refresh(second))
  expect(cookieOf(await refresh(cookie))).toBe(third)
  expect(await unusedTokensOf(id)).toEqual([{ n: 1 }])
})

test('using a token again later than 30 s after its rotation ends its family and closes its sockets', async () => {
  const { id, token, cookie } = await register(people)
  await using heard = await listenToSignals(people.nats, id)
  const next = cookieOf(await refresh(cookie))
  await endGrace(id)
  expect((await refresh(cookie, 1)).status).toBe(401)
  expect((await refresh(next)).status).toBe(401)
  await eventually(() =>
    expect(heard.signals).toEqual([{ kind: 'access_ended', reason: 'logged_out', sign_in_id: decodeJwt(token).sid }])
  )
})

test('a token stolen within its grace ends the family at the next exchange by the other holder', async () => {
  const { id, cookie } = await register(people)
  const owners = cookieOf(await refresh(cookie))
  const stolen = cookieOf(await refresh(cookie))
  const stolenNext = cookieOf(await refresh(stolen))
  await endGrace(id)
  expect((await refresh(owners)).status).toBe(401)
  expect((await refresh(stolenNext)).status).toBe(401)
})

test('a token within its grace is worth nothing once its family ended', async () => {
  const { cookie } = await register(people)
  await logOut(cookieOf(await refresh(cookie)))
  expect((await refresh(cookie)).status).toBe(401)
})

test('other sign-ins of the same person go on', async () => {
  const { id, email, password, cookie } = await register(people)
  const other = cookieOf(await createApi(people.url).post('/auth/login', { email, password }))
  await refresh(cookie)
  await endGrace(id)
  expect((await refresh(cookie)).status).toBe(401)
  expect((await refresh(other)).status).toBe(200)
})

test('refreshes with one token at the same instant all get the same working successor', async () => {
  const { id, cookie } = await register(people)
  // Holding the family's row makes all of them look before any of them rotates.
  const answers = await people.holding('select 1 from sign_ins where user_id = $1 for update', [id], 5, () =>
    Promise.all([0, 1, 0, 1, 0].map((replica) => refresh(cookie, replica)))
  )
  expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 200])
  const [next = '', ...others] = new Set(answers.map(cookieOf))
  expect(others).toEqual([])
  expect((await refresh(next)).status).toBe(200)
})

test('of several refresh cookies any valid one counts, and a stale one beside it changes nothing', async () => {
  const { id, cookie } = await register(people)
  const next = cookieOf(await refresh(cookie))
  await endGrace(id)
  const unknown = `refresh_token=${'A'.repeat(43)}`
  const answer = await refresh(`refresh_token=; ${cookie}; other=1; ${unknown}; ${next}`)
  expect(answer.status).toBe(200)
  expect((await refresh(cookieOf(answer))).status).toBe(200)
})

test('logging out with several refresh cookies ends the sign-in of each', async () => {
  const { email, password, cookie } = await register(people)
  const other = cookieOf(await createApi(people.url).post('/auth/login', { email, password }))
  await logOut(`${cookie}; ${other}`)
  expect((await refresh(cookie)).status).toBe(401)
  expect((await refresh(other)).status).toBe(401)
})

test('a refresh token is good for seven days', async () => {
  const { cookie } = await register(people)
  const next = await refresh(cookie)
  people.passSeconds(7 * 86_400 - 60)
  const later = await refresh(cookieOf(next))
  expect(later.status).toBe(200)
  people.passSeconds(7 * 86_400 + 60)
  expect((await refresh(cookieOf(later))).status).toBe(401)
})

test('logging out ends the family, deletes the cookie and closes the sockets of this sign-in', async () => {
  const { id, token, cookie } = await register(people)
  await using heard = await listenToSignals(people.nats, id)
  const answer = await logOut(cookie)
  expect([answer.status, answer.body]).toEqual([200, { message: 'Logged out successfully' }])
  expect(setCookies(answer)).toEqual([expect.stringMatching(/^refresh_token=;.*Path=\/api\/auth\//)])
  expect((await refresh(cookie)).status).toBe(401)
  await eventually(() =>
    expect(heard.signals).toEqual([{ kind: 'access_ended', reason: 'logged_out', sign_in_id: decodeJwt(token).sid }])
  )
})

test('logging out is 200 with any cookie, also a second time', async () => {
  const { cookie } = await register(people)
  for (const each of [undefined, 'refresh_token=unknown', cookie, cookie]) {
    expect((await logOut(each)).status).toBe(200)
  }
})

test('logging out with a rotated cookie ends the family as well', async () => {
  const { cookie } = await register(people)
  const next = cookieOf(await refresh(cookie))
  await logOut(cookie)
  expect((await refresh(next)).status).toBe(401)
})

test('a disabled person cannot refresh, and can again once enabled', async () => {
  const { id, cookie } = await register(people)
  await people.sql('update users set disabled = true where id = $1', [id])
  const refused = await refresh(cookie)
  expect(refused.status).toBe(403)
  expect(refused.body).toMatchObject({ code: 'ACCOUNT_DISABLED' })
  await people.sql('update users set disabled = false where id = $1', [id])
  expect((await refresh(cookie)).status).toBe(200)
})

test('expired sign-ins are deleted, and a sign-in in use stays', async () => {
  const { id, cookie } = await register(people)
  const next = cookieOf(await refresh(cookie))
  people.passSeconds(4 * 86_400)
  const last = cookieOf(await refresh(next))
  const forgotten = await register(people)
  people.passSeconds(4 * 86_400)
  const [app] = people.apps
  if (app === undefined) throw new Error('no replica was started')
  await cleanUpSignIns(app.people)
  const countOf = (userId: string) =>
    people.sql(
      'select count(*)::int as n from refresh_tokens t join sign_ins s on s.id = t.sign_in_id where user_id = $1',
      [userId]
    )
  expect(await countOf(id)).toEqual([{ n: 1 }])
  expect(await countOf(forgotten.id)).toEqual([{ n: 1 }])
  expect((await refresh(last)).status).toBe(200)
  people.passSeconds(8 * 86_400)
  await cleanUpSignIns(app.people)
  expect(await people.sql('select 1 from sign_ins')).toEqual([])
})

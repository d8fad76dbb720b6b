import { makePlan, registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSharedSystem()

const seqs = (answer: { body: { results: { seq: number }[] } }) => answer.body.results.map((message) => message.seq)

test('the default page is the newest hundred, oldest first; before and after read the rest', async () => {
  const { inviter, messages } = await makePlan(system)
  for (let n = 1; n <= 105; n += 1) await inviter.api.post(messages, { body: `message ${n}` })

  const newest = await inviter.api.get(messages)
  expect(newest.body.count).toBe(105)
  expect(seqs(newest)).toEqual(Array.from({ length: 100 }, (_, index) => index + 6))
  expect(newest.body.next).toBeNull()

  const older = await inviter.api.get(new URL(newest.body.previous).pathname + new URL(newest.body.previous).search)
  expect(seqs(older)).toEqual([1, 2, 3, 4, 5])
  expect(older.body.previous).toBeNull()

  expect(seqs(await inviter.api.get(`${messages}?after=3&limit=2`))).toEqual([4, 5])
  expect(seqs(await inviter.api.get(`${messages}?before=10&limit=3`))).toEqual([7, 8, 9])
})

test.each(['limit=0', 'limit=501', 'limit=Infinity', 'limit=x', 'before=0', 'after=-1'])(
  '%s is refused with 400',
  async (query) => {
    const { inviter, messages } = await makePlan(system)

    expect((await inviter.api.get(`${messages}?${query}`)).status).toBe(400)
  }
)

test.each(['2147483648', '9223372036854775808', '1e99'])(
  'before and after may be any number beyond the end: %s',
  async (seq) => {
    const { inviter, messages } = await makePlan(system)
    for (const body of ['one', 'two']) await inviter.api.post(messages, { body })

    expect(seqs(await inviter.api.get(`${messages}?before=${seq}`))).toEqual([1, 2])
    const after = await inviter.api.get(`${messages}?after=${seq}`)
    expect(after).toMatchObject({ status: 200, body: { count: 2, results: [] } })
  }
)

test('a person outside the session gets 404', async () => {
  const { messages } = await makePlan(system)
  const stranger = await registerUser(system)

  expect((await stranger.api.get(messages)).status).toBe(404)
})

test('both people can read the message of a decline', async () => {
  const { inviter, invitee, sessionId, messages } = await makePlan(system)
  await invitee.api.post(`/api/sessions/${sessionId}/decline/`, { message: 'Sorry, I have other plans that day.' })

  for (const reader of [inviter, invitee]) {
    const { results } = (await reader.api.get(messages)).body
    expect(results).toMatchObject([{ sender: { id: invitee.id }, body: 'Sorry, I have other plans that day.' }])
  }
})

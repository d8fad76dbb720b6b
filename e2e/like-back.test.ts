import { registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSharedSystem()

test('liking someone whose message request is pending matches the two and opens their conversation', async () => {
  const [ada, bob] = await Promise.all([registerUser(system), registerUser(system)])
  const request = await ada.api.post('/api/v1/messages/request', { receiver_id: bob.id, content: 'Hello Bob' })
  expect(request.status).toBe(201)

  const like = await bob.api.post(`/api/v1/users/${ada.id}/like`)
  expect(like.body.data).toEqual({ matched: true, match_id: expect.any(String) })
  for (const person of [ada, bob]) {
    const { body } = await person.api.get('/api/v1/matches')
    expect(body.data.matches).toMatchObject([{ match_id: like.body.data.match_id }])
  }
  const reply = await bob.api.post('/api/v1/messages/send', { receiver_id: ada.id, content: 'Hello Ada' })
  expect([reply.status, reply.body.data.conversation_id]).toEqual([201, like.body.data.match_id])

  expect((await bob.api.delete(`/api/v1/matches/${like.body.data.match_id}`)).status).toBe(200)
  const late = await ada.api.post('/api/v1/messages/send', { receiver_id: bob.id, content: 'And now?' })
  expect(late.status).toBe(403)
})

import { move, registerUser, useSharedSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { invite, makePlan, unknownId } from './support/plans.ts'

const system = useSharedSystem()

test('a session shows full profiles and its messages, oldest first', async () => {
  const plan = await makePlan(system)
  await plan.inviter.api.patch('/api/users/me/', { bio: 'Slabs', avatar: 'https://img.example.org/a.jpg' })
  const id = await invite(plan)
  for (const [by, body] of [
    [plan.inviter, 'Hey!'],
    [plan.invitee, 'Me too!']
  ] as const) {
    expect((await by.api.post(`/api/sessions/${id}/messages/`, { body })).status).toBe(201)
  }
  const { status, body } = await plan.invitee.api.get(`/api/sessions/${id}/`)

  expect(status).toBe(200)
  expect(body).toMatchObject({
    id,
    inviter: {
      id: plan.inviter.id,
      display_name: plan.inviter.display_name,
      avatar: 'https://img.example.org/a.jpg',
      bio: 'Slabs'
    },
    invitee: { id: plan.invitee.id, display_name: plan.invitee.display_name, avatar: null, bio: '' },
    trip: { id: plan.tripId },
    status: 'pending',
    last_message_at: body.messages[1].created_at,
    updated_at: body.messages[1].created_at
  })
  expect(body.messages).toEqual([
    {
      id: expect.any(String),
      session: id,
      sender: { id: plan.inviter.id, display_name: plan.inviter.display_name },
      body: 'Hey!',
      created_at: expect.any(String),
      seq: 1,
      client_msg_id: null
    },
    expect.objectContaining({ body: 'Me too!', seq: 2 })
  ])
})

test('of many messages the newest 100 are shown', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  for (let index = 1; index <= 103; index++) {
    await plan.inviter.api.post(`/api/sessions/${id}/messages/`, { body: `message ${index}` })
  }
  const { body } = await plan.invitee.api.get(`/api/sessions/${id}/`)
  expect(body.messages.map((message: { seq: number }) => message.seq)).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 4)
  )
})

test('a session is hidden from all others', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  const stranger = await registerUser(system)

  for (const path of [id, unknownId, 'nonsense']) {
    const answer = await stranger.api.get(`/api/sessions/${path}/`)
    expect([answer.status, answer.body.detail]).toEqual([404, 'Session not found'])
  }
})

test('updated_at moves with the status', async () => {
  const plan = await makePlan(system)
  const id = await invite(plan)
  await move(plan.invitee, id, 'accept')
  const { body } = await plan.inviter.api.get(`/api/sessions/${id}`)
  expect(body.status).toBe('accepted')
  expect(body.updated_at > body.created_at).toBe(true)
})

import { createApi } from '@belay/testing'
import { expect, test } from 'vitest'
import { register, usePeople } from './support/people.ts'

const people = usePeople()

test('a test user’s id replaces a token only where DEV_TEST_AUTH is on, and a token takes precedence', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  await people.startReplica({ DEV_TEST_AUTH: 'true' })
  const [closed = '', open = ''] = people.urls
  const asAda = { 'x-test-user-id': ada.id }
  expect((await createApi(closed).get('/auth/me', asAda)).status).toBe(401)
  expect((await createApi(open).get('/auth/me', asAda)).body.id).toBe(ada.id)
  expect((await createApi(open, bob.token).get('/auth/me', asAda)).body.id).toBe(bob.id)
})

test('a name in place of an id is a test person, who is created at first sight', async () => {
  await people.startReplica({ DEV_TEST_AUTH: 'true' })
  const api = createApi(people.urls.at(-1) ?? '')
  const [first, second] = await Promise.all(
    [1, 2].map(() => api.get('/auth/me', { 'x-test-user-id': 'test-user-123' }))
  )
  expect(first?.body).toMatchObject({ id: expect.any(String), display_name: 'test-user-123', email: null })
  expect(second?.body.id).toBe(first?.body.id)
  expect((await api.get('/auth/me', { 'x-test-user-id': 'test-user-124' })).body.id).not.toBe(first?.body.id)
  expect((await api.get('/auth/me', { 'x-test-user-id': 'a name; drop' })).status).toBe(401)
})

import { createApi } from '@belay/testing'
import { expect, test } from 'vitest'
import { register, usePeople } from './support/people.ts'

const people = usePeople()

test('a test user’s id stands for a token only where that is switched on, and a token wins over it', async () => {
  const [ada, bob] = [await register(people), await register(people)]
  await people.startReplica({ DEV_TEST_AUTH: 'true' })
  const [closed = '', open = ''] = people.urls
  const asAda = { 'x-test-user-id': ada.id }
  expect((await createApi(closed).get('/auth/me', asAda)).status).toBe(401)
  expect((await createApi(open).get('/auth/me', asAda)).body.id).toBe(ada.id)
  expect((await createApi(open, bob.token).get('/auth/me', asAda)).body.id).toBe(bob.id)
})

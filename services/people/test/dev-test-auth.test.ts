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

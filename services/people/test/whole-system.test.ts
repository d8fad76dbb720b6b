import { createApi, eventually, logIn, registerUser, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'

const system = useSystem({ replicas: { people: 2 } })

/** A call that other services answer, each by its own copy of the account. */
const elsewhere = ['/api/sessions/', '/api/notifications/']

test('a person who has just registered is known to every service', async () => {
  const ada = await registerUser(system)
  for (const path of elsewhere) expect((await ada.api.get(path)).status).toBe(200)
})

test('every service rejects a disabled person from the response on, and accepts them again once enabled', async () => {
  const ada = await registerUser(system)
  const admin = await logIn(system, system.admin)
  for (const [disabled, status] of [
    [true, 403],
    [false, 200]
  ] as const) {
    await admin.api.patch(`/api/admin/users/${ada.id}/`, { disabled })
    for (const path of elsewhere) expect((await ada.api.get(path)).status).toBe(status)
  }
})

test('an erased person is unknown to every service from the response on', async () => {
  const ada = await registerUser(system)
  await ada.api.delete('/api/users/me/', { password: ada.password })
  for (const path of elsewhere) expect((await ada.api.get(path)).status).toBe(401)
})

test('a caller who forges addresses still has a single budget of failed logins', async () => {
  const guess = (attempt: number) =>
    createApi(system.url).post(
      '/auth/login',
      { email: `nobody-${attempt}@example.org`, password: 'not the password' },
      { 'x-forwarded-for': `203.0.113.${attempt}` }
    )
  for (let attempt = 0; attempt < 10; attempt += 1) expect((await guess(attempt)).status).toBe(401)
  expect((await guess(11)).status).toBe(429)
})

test('the budget survives the restart of every replica', async () => {
  await Promise.all([system.restart('people', 0), system.restart('people', 1)])
  await eventually(async () => {
    const { status } = await createApi(system.url).post('/auth/login', system.admin)
    expect(status).toBe(429)
  })
})

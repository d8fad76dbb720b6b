import { type Answer, createApi, registerUser, useSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'

const system = useSystem({ env: { RATE_LIMITS: 'off' } })
const anyone = () => createApi(system.url)

/** The refresh cookie that an answer sets, as a client sends it back. */
function cookieOf(answer: Answer): string {
  const lines = [answer.headers['set-cookie'] ?? []].flat()
  return lines.find((line) => line.startsWith('refresh_token='))?.split(';')[0] ?? ''
}

describe('a client of the Shua API', () => {
  test('reads its own profile at GET /users', async () => {
    const { api } = await registerUser(system)
    const answer = await api.get('/users')
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual((await api.get('/auth/me')).body)
    expect(await anyone().get('/users/')).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } })
  })

  test('signs out at POST /auth/logout by its access token: the cookie is cleared and good for nothing', async () => {
    const { email, password } = await registerUser(system)
    const signIn = await anyone().post('/auth/login', { email, password })
    const answer = await createApi(system.url, signIn.body.access_token).post('/auth/logout')
    expect([answer.status, answer.body]).toEqual([200, { message: 'Logged out successfully' }])
    expect(cookieOf(answer)).toBe('refresh_token=')
    const refreshed = await anyone().post('/api/auth/refresh/', undefined, { cookie: cookieOf(signIn) })
    expect(refreshed.status).toBe(401)
  })

  test('signs out at POST /auth/logout by its cookie, and without anything', async () => {
    const { email, password } = await registerUser(system)
    const cookie = cookieOf(await anyone().post('/auth/login', { email, password }))
    expect((await anyone().post('/auth/logout', {}, { cookie })).status).toBe(200)
    expect((await anyone().post('/api/auth/refresh/', undefined, { cookie })).status).toBe(401)
    expect((await anyone().post('/auth/logout')).status).toBe(200)
  })

  test("finds its requests at GET /requests/all, with the guest's and the event's names under its own keys", async () => {
    const [host, guest] = [await registerUser(system), await registerUser(system)]
    const event = await host.api.post('/events', { title: 'Morning Tennis', starts_at: '2099-06-01T09:00:00Z' })
    const request = await guest.api.post('/requests', { event_id: event.body.id, host_id: host.id })
    expect(request.status).toBe(201)
    const listed = await host.api.get('/requests/all')
    expect(listed.status).toBe(200)
    expect(listed.body).toMatchObject([
      {
        id: request.body.id,
        guest_id: guest.id,
        guest_name: guest.display_name,
        user_id: guest.id,
        user_name: guest.display_name,
        event_title: 'Morning Tennis'
      }
    ])
    expect((await host.api.get('/requests')).body).toMatchObject([{ id: request.body.id }])
    expect((await (await registerUser(system)).api.get('/requests/all/')).body).toEqual([])
  })
})

describe('a client of the Send Buddy API', () => {
  test('registers, signs in, refreshes and signs out under /api/auth/', async () => {
    const credentials = { email: `buddy-${Date.now()}@example.org`, password: 'correct horse' }
    const registered = await anyone().post('/api/auth/register/', { ...credentials, display_name: 'Alex' })
    expect(registered.status).toBe(201)
    expect(registered.body).toEqual({ access: expect.any(String), user: expect.any(Object) })
    const profile = await createApi(system.url, registered.body.access).get('/api/users/me/')
    expect(registered.body.user).toEqual(profile.body)

    const signedIn = await anyone().post('/api/auth/login/', credentials)
    expect([signedIn.status, signedIn.body]).toEqual([200, { access: expect.any(String), user: profile.body }])

    const refreshed = await anyone().post('/api/auth/token/refresh/', {}, { cookie: cookieOf(signedIn) })
    expect([refreshed.status, refreshed.body]).toEqual([200, { access: expect.any(String) }])

    const signedOut = await anyone().post('/api/auth/logout/', undefined, { cookie: cookieOf(refreshed) })
    expect([signedOut.status, signedOut.body]).toEqual([200, { message: 'Logged out successfully' }])
    const late = await anyone().post('/api/auth/token/refresh/', {}, { cookie: cookieOf(refreshed) })
    expect(late.status).toBe(401)
  })

  test('is refused in its own dialect: 400 for invalid input, 401 for a wrong password', async () => {
    const invalid = await anyone().post('/api/auth/register/', { email: 'no address', password: 'short' })
    expect(invalid).toMatchObject({ status: 400, body: { code: 'VALIDATION_ERROR', detail: expect.any(String) } })
    const { email } = await registerUser(system)
    const wrong = await anyone().post('/api/auth/login/', { email, password: 'wrong password' })
    expect(wrong).toMatchObject({ status: 401, body: { detail: 'Invalid email or password' } })
  })
})

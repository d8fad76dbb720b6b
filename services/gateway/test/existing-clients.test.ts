import { type Answer, collectEvents, createApi, eventually, logIn, registerUser, useSharedSystem } from '@belay/testing'
import { describe, expect, test } from 'vitest'

const system = useSharedSystem()
const unknownId = '0193a5f0-0000-7000-8000-000000000001'
const anyone = () => createApi(system.url)

/** The refresh cookie that an answer sets, as a client returns it. */
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

  test('signs out at POST /auth/logout by its access token: the cookie is cleared and no longer valid', async () => {
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

  test('blocks a person with 201 and unblocks with 204, like the calls of VibesMatch', async () => {
    const [alex, sarah] = [await registerUser(system), await registerUser(system)]
    const blocked = await alex.api.post(`/api/users/${sarah.id}/block/`, { reason: 'spam' })
    expect([blocked.status, blocked.body]).toEqual([201, { message: 'User blocked successfully' }])
    expect((await alex.api.post(`/api/users/${sarah.id}/block/`)).status).toBe(201)
    expect((await sarah.api.get(`/api/users/${alex.id}/`)).status).toBe(404)
    expect((await alex.api.get('/api/v1/users/blocked')).body.data.users).toMatchObject([{ id: sarah.id }])
    for (const _ of ['lifts', 'changes nothing']) {
      const lifted = await alex.api.delete(`/api/users/${sarah.id}/block/`)
      expect([lifted.status, lifted.body]).toEqual([204, undefined])
    }
    expect((await sarah.api.get(`/api/users/${alex.id}/`)).status).toBe(200)
    for (const [id, status] of [
      [alex.id, 400],
      ['nonsense', 404],
      [unknownId, 404]
    ] as const) {
      expect((await alex.api.post(`/api/users/${id}/block/`)).status).toBe(status)
    }
  })

  test('reports a person with 201, for administrators to look at', async () => {
    const [alex, sarah, admin] = [
      await registerUser(system),
      await registerUser(system),
      await logIn(system, system.admin)
    ]
    const path = `/api/users/${sarah.id}/report/`
    const report = { reason: 'fake_profile', description: 'Stock images' }
    const answer = await alex.api.post(path, report)
    expect([answer.status, answer.body]).toEqual([
      201,
      { message: 'Report submitted successfully', report_id: expect.any(String) }
    ])
    const id = answer.body.report_id
    expect((await admin.api.get('/api/admin/reports/?status=pending')).body.results).toContainEqual({
      id,
      reporter: { id: alex.id, display_name: alex.display_name, avatar: null },
      reported: { id: sarah.id, display_name: sarah.display_name, avatar: null },
      ...report,
      status: 'pending',
      admin_notes: null,
      context: [],
      created_at: expect.any(String),
      updated_at: expect.any(String)
    })
    const reviewed = await admin.api.patch(`/api/admin/reports/${id}/`, {
      status: 'dismissed',
      admin_notes: 'Is herself'
    })
    expect(reviewed).toMatchObject({ status: 200, body: { id, status: 'dismissed', admin_notes: 'Is herself' } })
    expect((await sarah.api.get('/api/admin/reports/')).status).toBe(403)
    expect((await alex.api.patch(`/api/admin/reports/${id}/`, { status: 'resolved' })).status).toBe(403)
    await eventually(async () => {
      const events = await collectEvents(system, 'belay.evt.people.user.reported.v1')
      const data = { report_id: id, reporter_id: alex.id, reported_id: sarah.id, reason: 'fake_profile' }
      expect(events.filter((event) => event.subject === sarah.id).map((event) => event.data)).toEqual([data])
    })
    for (const body of [{}, { reason: 'dislike' }, { reason: 'other', description: 'x'.repeat(2001) }]) {
      expect((await alex.api.post(path, body)).status).toBe(400)
    }
    expect((await alex.api.post(`/api/users/${alex.id}/report/`, report)).status).toBe(400)
    expect((await alex.api.post(`/api/users/${unknownId}/report/`, report)).status).toBe(404)
    expect((await admin.api.patch(`/api/admin/reports/${unknownId}/`, { status: 'resolved' })).status).toBe(404)
    await sarah.api.delete('/api/users/me/', { password: sarah.password })
    expect(await system.sql('select id from people.reports where id = $1', [id])).toEqual([])
  })
})

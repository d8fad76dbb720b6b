import { createApi } from '@belay/testing'
import { expect, test } from 'vitest'
import { createGate } from '#src/passwords/gate.ts'
import { usePeople } from './support/people.ts'

/** Work that ends when the test says so. */
function heldWork() {
  const { promise, resolve } = Promise.withResolvers<void>()
  let started = false
  const work = async () => {
    started = true
    await promise
  }
  return { work, finish: resolve, hasStarted: () => started }
}

test('a limited number runs at once, the next in the queue starts when one ends, and failures free their place', async () => {
  const inTurn = createGate({ concurrency: 1, waitingMax: 2 })
  const [first, second] = [heldWork(), heldWork()]
  const running = inTurn(first.work)
  const failing = inTurn(() => Promise.reject(new TypeError('no')))
  const last = inTurn(second.work)
  expect(second.hasStarted()).toBe(false)
  await expect(inTurn(heldWork().work)).rejects.toMatchObject({ code: 'PEOPLE_BUSY', statusCode: 503 })
  first.finish()
  await running
  await expect(failing).rejects.toThrow('no')
  second.finish()
  await last
  await expect(inTurn(async () => 'free again')).resolves.toBe('free again')
})

const people = usePeople({
  env: { PASSWORD_HASH_CONCURRENCY: '1', PASSWORD_HASH_WAITING_MAX: '2', RATE_LIMITS: 'off' }
})

test('a flood of sign-ins is rejected with Retry-After instead of filling the memory', async () => {
  const credentials = { email: 'nobody@example.org', password: 'not the password' }
  const flood = Array.from({ length: 20 }, () => createApi(people.url).post('/auth/login', credentials))
  const answers = await Promise.all(flood)
  const refused = answers.filter(({ status }) => status === 503)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused.length + answers.filter(({ status }) => status === 401).length).toBe(20)
  for (const { headers, body } of refused) {
    expect(headers['retry-after']).toBe('1')
    expect(body.code).toBe('PEOPLE_BUSY')
  }
})

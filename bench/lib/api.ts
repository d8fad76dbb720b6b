import { randomBytes } from 'node:crypto'
import type { Pool } from 'undici'

/** A user registered for a benchmark. */
export interface Person {
  id: string
  token: string
}

/** Does `work` `count` times, a few at a time: every registration hashes a password. */
export async function repeat<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const done: T[] = []
  while (done.length < count) {
    const several = Array.from({ length: Math.min(5, count - done.length) }, (_, index) => work(done.length + index))
    done.push(...(await Promise.all(several)))
  }
  return done
}

/** Registers a new user. */
export async function register(pool: Pool): Promise<Person> {
  const unique = randomBytes(8).toString('hex')
  const answer = await post(pool, '/auth/register', undefined, {
    email: `bench-${unique}@example.org`,
    password: unique,
    display_name: `Bench ${unique}`
  })
  return { id: String(answer['user_id']), token: String(answer['access_token']) }
}

/** Makes a call; throws unless it succeeds. */
export async function post(
  pool: Pool,
  path: string,
  token: string | undefined,
  body: unknown
): Promise<Record<string, unknown>> {
  const answer = await pool.request({
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
    },
    body: JSON.stringify(body)
  })
  if (answer.statusCode !== 200 && answer.statusCode !== 201)
    throw new Error(`POST ${path} answered ${answer.statusCode}: ${await answer.body.text()}`)
  return Object.fromEntries(Object.entries(Object(await answer.body.json())))
}

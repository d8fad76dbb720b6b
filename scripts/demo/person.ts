import { type Checked, check } from './check.ts'

/** A signed-in person of the demo. */
export interface Person {
  id: string
  name: string
  token: string
  call: Call
}

/** One HTTP call; fails the demo unless the answer has the wanted status. */
export type Call = (method: string, path: string, wanted: number, body?: unknown) => Promise<Checked>

/** Registers a person with a new address at `origin`. */
export async function register(origin: string, name: string): Promise<Person> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}.${Date.now()}@example.com`
  const password = crypto.randomUUID()
  const answer = await caller(origin)('POST', '/auth/register', 201, { email, password, display_name: name })
  return personOf(origin, answer)
}

/** How a person signs in. */
export interface Credentials {
  email: string
  password: string
}

/** Signs a person in who has an account. */
export async function logIn(origin: string, { email, password }: Credentials): Promise<Person> {
  return personOf(origin, await caller(origin)('POST', '/auth/login', 200, { email, password }))
}

function personOf(origin: string, answer: Checked): Person {
  const token = check.text(answer, 'access_token')
  const name = check.text(answer, 'display_name')
  return { id: check.text(answer, 'user_id'), name, token, call: caller(origin, token) }
}

function caller(origin: string, token?: string): Call {
  return async (method, path, wanted, body) => {
    const response = await fetch(origin + path, {
      method,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' })
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const answer: unknown = response.status === 204 ? {} : await response.json()
    check.that(
      response.status === wanted,
      `${method} ${path} answered ${response.status} instead of ${wanted}: ${JSON.stringify(answer)}`
    )
    return check.object(answer)
  }
}

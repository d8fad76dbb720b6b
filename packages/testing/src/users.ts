import { randomBytes } from 'node:crypto'
import { type Answer, type Api, createApi } from './api.ts'

/** A person with an account. */
export interface TestUser {
  id: string
  email: string
  password: string
  /** The access token of the registration. */
  token: string
  display_name: string
  /** Calls as this person. */
  api: Api
}

/** Registers a new person through the public door. */
export async function registerUser(
  system: { url: string },
  options: { display_name?: string; email?: string; password?: string } = {}
): Promise<TestUser> {
  const unique = randomBytes(6).toString('hex')
  const display_name = options.display_name ?? `Person ${unique}`
  const email = options.email ?? `person-${unique}@example.org`
  const password = options.password ?? `correct-horse-${unique}`
  const answer = await createApi(system.url).post('/auth/register', { email, password, display_name })
  if (answer.status !== 201)
    throw new Error(`POST /auth/register answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return userOf(system, { email, password }, answer)
}

/** Logs in with an email and a password and returns the person. */
export async function logIn(
  system: { url: string },
  credentials: { email: string; password: string }
): Promise<TestUser> {
  const answer = await createApi(system.url).post('/auth/login', credentials)
  if (answer.status !== 200)
    throw new Error(`POST /auth/login answered ${answer.status}: ${JSON.stringify(answer.body)}`)
  return userOf(system, credentials, answer)
}

function userOf(system: { url: string }, credentials: { email: string; password: string }, answer: Answer): TestUser {
  const account: unknown = answer.body
  if (!isAccount(account)) throw new Error(`no account in ${JSON.stringify(account)}`)
  const { user_id: id, access_token: token, display_name } = account
  return { id, ...credentials, token, display_name, api: createApi(system.url, token) }
}

function isAccount(value: unknown): value is { user_id: string; access_token: string; display_name: string } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'user_id' in value &&
    'access_token' in value &&
    'display_name' in value
  )
}

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { doorOf } from '@belay/contracts'
import { createApi, type Json, logIn, registerUser, useSystem } from '@belay/testing'
import { beforeAll, describe, expect, test } from 'vitest'

const system = useSystem({ env: { RATE_LIMITS: 'off' } })
/** Of an administrator, who may call everything. */
let token: string
let disabledToken: string

beforeAll(async () => {
  const [admin, disabled] = await Promise.all([logIn(system, system.admin), registerUser(system)])
  await admin.api.patch(`/api/admin/users/${disabled.id}/`, { disabled: true })
  token = admin.token
  disabledToken = disabled.token
})

interface Operation {
  name: string
  method: string
  path: string
  declared: string[]
  /** 400 or 422, whichever the operation declares for input that breaks its schema. */
  invalid: number
  needsUser: boolean
  takesBody: boolean
  idsInPath: boolean
  /** A parameter of the query that is a number. */
  number: string | undefined
}

const published: Json = JSON.parse(readFileSync(join(import.meta.dirname, 'published/openapi.json'), 'utf8'))
const operations = Object.entries<Json>(published.paths).flatMap(([path, methods]) =>
  Object.entries<Json>(methods).map(([method, operation]) => readOperation(path, method, operation))
)

const those = (is: (operation: Operation) => boolean) => operations.filter(is)
const withIds = (path: string, id: string) => path.replaceAll(/\{[^}]+\}/g, id)
const unknown = '0197b1a4-0000-7000-8000-000000000000'

/** Calls an operation about something unknown; the status of the response is one that the operation declares. */
async function call(
  { method, path, declared }: Operation,
  options: { bearer?: string; id?: string; query?: string; body?: unknown; headers?: Record<string, string> }
) {
  const { bearer, id = unknown, query = '', body, headers } = options
  const answer = await createApi(system.url, bearer).call(
    method.toUpperCase(),
    withIds(path, id) + query,
    body,
    headers
  )
  expect(declared).toContain(String(answer.status))
  return answer
}

describe.each(those(({ needsUser }) => needsUser))('$name', (operation) => {
  test('without a token is 401', async () => {
    expect(await call(operation, {})).toMatchObject({ status: 401, body: coded('UNAUTHENTICATED') })
  })

  test('of a disabled account is 403', async () => {
    const answer = await call(operation, { bearer: disabledToken })
    expect(answer).toMatchObject({ status: 403, body: coded('ACCOUNT_DISABLED') })
  })
})

describe.each(those(({ takesBody }) => takesBody))('$name', (operation) => {
  test('with another kind of body is 415, with broken JSON 400, with too much of it 413', async () => {
    const send = async (type: string, body: string) =>
      (await call(operation, { bearer: token, body, headers: { 'content-type': type } })).status
    expect(await send('text/yaml', 'a: b')).toBe(415)
    expect(await send('application/json', '{"a":')).toBe(400)
    expect(await send('application/json', JSON.stringify('x'.repeat(300_000)))).toBe(413)
  })

  test('with a body that is no object is invalid', async () => {
    expect((await call(operation, { bearer: token, body: [] })).status).toBe(operation.invalid)
  })
})

test.each(those(({ idsInPath }) => idsInPath))('$name refuses a malformed id', async (operation) => {
  const status = doorOf(operation.path).malformedId === 'not-found' ? 404 : operation.invalid
  expect((await call(operation, { bearer: token, id: 'x', body: {} })).status).toBe(status)
})

test.each(those(({ number }) => number !== undefined))('$name with text for a number is invalid', async (operation) => {
  const query = `?${operation.number}=many`
  expect((await call(operation, { bearer: token, query })).status).toBe(operation.invalid)
})

function readOperation(path: string, method: string, operation: Json): Operation {
  const parameters: Json[] = operation.parameters ?? []
  const declared = Object.keys(operation.responses)
  const isNumber = ({ schema }: Json) => schema?.type === 'integer'
  return {
    name: `${method.toUpperCase()} ${path}`,
    method,
    path,
    declared,
    invalid: declared.includes('422') ? 422 : 400,
    needsUser: operation.security?.length === 1 && 'bearer' in operation.security[0],
    takesBody: operation.requestBody !== undefined,
    idsInPath: parameters.some((parameter) => parameter.in === 'path'),
    number: parameters.find((parameter) => parameter.in === 'query' && isNumber(parameter))?.name
  }
}

/** Matches the body of an error in any dialect. */
function coded(code: string): unknown {
  return expect.toSatisfy((body: Json) => (body.code ?? body.error?.code) === code)
}

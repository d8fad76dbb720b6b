import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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

/** What each operation refuses before its own rules, with a status that it declares. */
describe.each(operations)('$name', (operation) => {
  const { path, declared, invalid } = operation
  const call = async (bearer: string | undefined, target: string, body?: unknown, headers?: Record<string, string>) => {
    const answer = await createApi(system.url, bearer).call(operation.method.toUpperCase(), target, body, headers)
    expect(declared).toContain(String(answer.status))
    return answer
  }
  const somewhere = path.replaceAll(/\{[^}]+\}/g, '0197b1a4-0000-7000-8000-000000000000')

  test.runIf(operation.needsUser)('without a token is 401', async () => {
    expect(await call(undefined, somewhere)).toMatchObject({ status: 401, body: coded('UNAUTHENTICATED') })
  })

  test.runIf(operation.needsUser)('of a disabled account is 403', async () => {
    expect(await call(disabledToken, somewhere)).toMatchObject({ status: 403, body: coded('ACCOUNT_DISABLED') })
  })

  test.runIf(operation.takesBody)(
    'with another kind of body is 415, with broken JSON 400, with too much of it 413',
    async () => {
      const json = { 'content-type': 'application/json' }
      expect((await call(token, somewhere, 'a: b', { 'content-type': 'text/yaml' })).status).toBe(415)
      expect((await call(token, somewhere, '{"a":', json)).status).toBe(400)
      expect((await call(token, somewhere, JSON.stringify('x'.repeat(300_000)), json)).status).toBe(413)
    }
  )

  test.runIf(operation.takesBody)('with a body that is no object is invalid', async () => {
    expect((await call(token, somewhere, [])).status).toBe(invalid)
  })

  test.runIf(operation.idsInPath)('with a malformed id is 404', async () => {
    expect((await call(token, path.replaceAll(/\{[^}]+\}/g, 'x'), {})).status).toBe(404)
  })

  test.runIf(operation.number !== undefined)('with text for a number is invalid', async () => {
    expect((await call(token, `${somewhere}?${operation.number}=many`)).status).toBe(invalid)
  })
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

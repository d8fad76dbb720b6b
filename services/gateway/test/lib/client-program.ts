import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Json } from '@belay/testing'
import openapiTypes, { astToString } from 'openapi-typescript'

const run = promisify(execFile)
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc')
/** From here the client library resolves; no other tool reads this folder. */
const folder = join(import.meta.dirname, '../../node_modules')

/** Compiler options of a strict client; the rest are defaults. */
const tsconfig = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    target: 'es2022',
    module: 'nodenext',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: []
  },
  include: ['*.ts']
}

/**
 * Type-checks a program over generated types that calls every operation with only what it requires. Returns the
 * compiler's errors, empty if there are none, and the number of calls.
 */
export async function checkClientProgram(document: Json): Promise<{ complaints: string; calls: number }> {
  const at = await mkdtemp(join(folder, '.client-'))
  try {
    const calls = callsOf(document)
    await writeFile(join(at, 'api.ts'), astToString(await openapiTypes(document)))
    await writeFile(join(at, 'program.ts'), [...head, ...calls, ''].join('\n'))
    await writeFile(join(at, 'tsconfig.json'), JSON.stringify(tsconfig))
    return { complaints: await complaintsAbout(at), calls: calls.length }
  } finally {
    await rm(at, { recursive: true })
  }
}

const head = [
  "import createClient from 'openapi-fetch'",
  "import type { paths } from './api.ts'",
  "const client = createClient<paths>({ baseUrl: 'http://localhost:8080' })"
]

async function complaintsAbout(project: string): Promise<string> {
  try {
    await run(process.execPath, [compiler, '-p', project, '--pretty', 'false'])
    return ''
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'stdout' in error) return String(error.stdout)
    throw error
  }
}

function callsOf(document: Json): string[] {
  return Object.entries<Json>(document.paths).flatMap(([path, operations]) =>
    Object.entries<Json>(operations).map(([method, operation]) => {
      const input = inputOf(document, operation)
      const options = Object.keys(input).length === 0 ? '' : `, ${JSON.stringify(input)}`
      return `await client.${method.toUpperCase()}('${path}'${options})`
    })
  )
}

function inputOf(document: Json, operation: Json): Json {
  const params: Json = {}
  for (const reference of operation.parameters ?? []) {
    const parameter = resolve(document, reference)
    if (parameter.required === true && !hasDefault(parameter.schema)) {
      params[parameter.in] = { ...params[parameter.in], [parameter.name]: sampleOf(document, parameter.schema) }
    }
  }
  const body = operation.requestBody
  return {
    ...(Object.keys(params).length > 0 && { params }),
    ...(body?.required === true && { body: sampleOf(document, body.content['application/json'].schema) })
  }
}

/** The server does not require inputs with a default, even if the document does. */
function hasDefault(schema: Json): boolean {
  return 'default' in schema
}

/** Returns a value of a schema's type with only what the schema requires. */
function sampleOf(document: Json, reference: Json): Json {
  const schema = resolve(document, reference)
  if (schema.const !== undefined) return schema.const
  if (schema.enum !== undefined) return schema.enum[0]
  if (schema.anyOf !== undefined) return sampleOf(document, schema.anyOf[0])
  if (schema.type === 'array') return schema.minItems > 0 ? [sampleOf(document, schema.items)] : []
  if (schema.type !== 'object')
    return { integer: 1, number: 1, boolean: true, null: null, string: 'x' }[String(schema.type)]
  const names: string[] = schema.required ?? []
  const required = names.filter((name) => !hasDefault(schema.properties[name]))
  return Object.fromEntries(required.map((name) => [name, sampleOf(document, schema.properties[name])]))
}

function resolve(document: Json, value: Json): Json {
  if (value.$ref === undefined) return value
  const [, ...keys] = String(value.$ref).split('/')
  return keys.reduce<Json>((at, key) => at[key], document)
}

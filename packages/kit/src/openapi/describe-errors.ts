import { dialectOf, Problem, VibesMatchFailure } from '@belay/contracts'

type Json = Record<string, unknown>

/** Adds to every operation of an OpenAPI document what its errors look like, in the dialect of its path. */
export function describeErrors(document: object): Json {
  const { paths, components, ...rest }: Json = { ...document }
  const parts = isObject(components) ? components : {}
  const schemas = isObject(parts.schemas) ? parts.schemas : {}
  return {
    ...rest,
    paths: mapValues(paths, (operations, path) => mapValues(operations, (operation) => withErrors(operation, path))),
    components: {
      ...parts,
      schemas: { ...schemas, Problem: plain(Problem), VibesMatchFailure: plain(VibesMatchFailure) }
    }
  }
}

function withErrors(operation: unknown, path: string): unknown {
  if (!isObject(operation) || !isObject(operation.responses)) return operation
  return { ...operation, responses: { default: errorOf(path), ...operation.responses } }
}

function errorOf(path: string): Json {
  const [type, name] =
    dialectOf(path) === 'vibesmatch'
      ? ['application/json', 'VibesMatchFailure']
      : ['application/problem+json', 'Problem']
  return { description: 'An error', content: { [type]: { schema: { $ref: `#/components/schemas/${name}` } } } }
}

/** Without the `$id`: its name says it here. */
function plain(schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$id'))
}

function mapValues(value: unknown, change: (inner: unknown, key: string) => unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner, key)]))
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

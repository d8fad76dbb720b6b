import { dialectOf, Problem, VibesMatchFailure } from '@belay/contracts'
import { isObject, type Json, mapOperations } from './document.ts'

/** Adds to every operation of an OpenAPI document what its errors look like, in the dialect of its path. */
export function describeErrors(document: Json): Json {
  const { components, ...rest } = mapOperations(document, withErrors)
  const parts = isObject(components) ? components : {}
  const schemas = isObject(parts.schemas) ? parts.schemas : {}
  return {
    ...rest,
    components: {
      ...parts,
      schemas: { ...schemas, Problem: plain(Problem), VibesMatchFailure: plain(VibesMatchFailure) }
    }
  }
}

function withErrors(operation: Json, path: string): Json {
  if (!isObject(operation.responses)) return operation
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

export type Json = Record<string, unknown>

/** A copy of an OpenAPI document whose operations are changed. */
export function mapOperations(document: Json, change: (operation: Json, path: string) => Json): Json {
  const paths = mapValues(document.paths, (operations, path) =>
    mapValues(operations, (operation) => (isObject(operation) ? change(operation, path) : operation))
  )
  return { ...document, paths }
}

function mapValues(value: unknown, change: (inner: unknown, key: string) => unknown): unknown {
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, change(inner, key)]))
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

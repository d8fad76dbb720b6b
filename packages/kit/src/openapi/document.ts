export type Json = Record<string, unknown>

/** The location of an operation in its document. */
export interface Place {
  path: string
  /** In lower case. */
  method: string
}

/** A copy of an OpenAPI document whose operations are changed. */
export function mapOperations(document: Json, change: (operation: Json, place: Place) => Json): Json {
  const paths = mapValues(document.paths, (operations, path) =>
    mapValues(operations, (operation, method) => change(objectOf(operation), { path, method }))
  )
  return { ...document, paths }
}

/** A copy of an object with other values. */
export function mapValues(value: unknown, change: (inner: unknown, key: string) => unknown): Json {
  return Object.fromEntries(Object.entries(objectOf(value)).map(([key, inner]) => [key, change(inner, key)]))
}

/** A copy of a document with further components added. */
export function addComponents(document: Json, added: Readonly<Record<string, Json>>): Json {
  const components = objectOf(document.components)
  const merged = mapValues(added, (entries, kind) => ({ ...objectOf(components[kind]), ...objectOf(entries) }))
  return { ...document, components: { ...components, ...merged } }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns an object unchanged; an empty one for anything else. */
export function objectOf(value: unknown): Json {
  return isObject(value) ? value : {}
}

/** Returns the entries of a list; an empty list for anything else. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

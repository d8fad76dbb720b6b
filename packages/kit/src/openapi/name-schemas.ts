type Json = Record<string, unknown>

/** Moves every schema with an `$id` into `components.schemas`, once, and points to it from where it stood. */
export function nameSchemas(document: object): Json {
  const named: Json = {}
  const rest = copy({ ...document }, named)
  const components = isObject(rest.components) ? rest.components : {}
  const schemas = isObject(components.schemas) ? components.schemas : {}
  return { ...rest, components: { ...components, schemas: { ...schemas, ...named } } }
}

function copy(value: Json, named: Json): Json {
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyValue(inner, named)]))
}

function copyValue(value: unknown, named: Json): unknown {
  if (Array.isArray(value)) return value.map((item) => copyValue(item, named))
  if (!isObject(value)) return value
  const { $id, ...schema } = value
  if (typeof $id !== 'string') return copy(value, named)
  named[$id] ??= copy(schema, named)
  return { $ref: `#/components/schemas/${$id}` }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { isObject, type Json, listOf, mapOperations, mapValues, objectOf } from './document.ts'

/** Marks everything in an OpenAPI document that a call may omit as optional: inputs with a default, and bodies. */
export function optionalInputs(document: Json): Json {
  return mapOperations(document, (operation) => ({
    ...operation,
    ...(Array.isArray(operation.parameters) && { parameters: operation.parameters.map(optionalParameter) }),
    ...(isObject(operation.requestBody) && { requestBody: optionalBody(operation.requestBody) })
  }))
}

function optionalParameter(parameter: unknown): unknown {
  return isObject(parameter) && hasDefault(parameter.schema) ? { ...parameter, required: false } : parameter
}

function optionalBody(body: Json): Json {
  const content = mapValues(body.content, (media) => ({
    ...objectOf(media),
    schema: withoutRequiredDefaults(objectOf(media).schema)
  }))
  return { ...body, content, required: asksForSomething(objectOf(content['application/json']).schema) }
}

function withoutRequiredDefaults(schema: unknown): unknown {
  if (!isObject(schema)) return schema
  const { required, properties, anyOf, ...rest } = schema
  const needed = listOf(required).filter((name) => !hasDefault(objectOf(properties)[String(name)]))
  return {
    ...rest,
    ...(Array.isArray(anyOf) && { anyOf: anyOf.map(withoutRequiredDefaults) }),
    ...(isObject(properties) && { properties: mapValues(properties, withoutRequiredDefaults) }),
    ...(needed.length > 0 && { required: needed })
  }
}

function hasDefault(schema: unknown): boolean {
  return isObject(schema) && 'default' in schema
}

function asksForSomething(schema: unknown): boolean {
  if (!isObject(schema) || '$ref' in schema) return true
  if (Array.isArray(schema.anyOf)) return schema.anyOf.every(asksForSomething)
  return listOf(schema.required).length > 0 || 'minProperties' in schema
}

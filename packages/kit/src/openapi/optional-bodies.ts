import { isObject, type Json, mapOperations } from './document.ts'

/** Says of every body in an OpenAPI document that asks for nothing that a call may come without it. */
export function optionalBodies(document: Json): Json {
  return mapOperations(document, (operation) => {
    const { requestBody } = operation
    if (!isObject(requestBody) || asksForSomething(requestBody)) return operation
    return { ...operation, requestBody: { ...requestBody, required: false } }
  })
}

function asksForSomething({ content }: Json): boolean {
  const json = isObject(content) ? content['application/json'] : undefined
  const schema = isObject(json) ? json.schema : undefined
  if (!isObject(schema) || '$ref' in schema) return true
  return (Array.isArray(schema.required) && schema.required.length > 0) || 'minProperties' in schema
}

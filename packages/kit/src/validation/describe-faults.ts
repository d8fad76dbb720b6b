import type { FieldFault } from '../errors/app-error.ts'
import { type Fault, resolveUnions } from './resolve-unions.ts'

/** Ajv's faults in words for people, one per field, in the order in which they were found. */
export function describeFaults(faults: readonly Fault[]): FieldFault[] {
  const described = new Map<string, FieldFault>()
  for (const fault of resolveUnions(faults)) {
    const field = fieldOf(fault)
    if (!described.has(field)) described.set(field, { field, message: messageOf(fault) })
  }
  return [...described.values()]
}

function fieldOf(fault: Fault): string {
  const steps = fault.instancePath.split('/').slice(1).map(unescapePointer)
  if (fault.keyword === 'required') steps.push(String(fault.params.missingProperty))
  return steps.length === 0 ? 'body' : steps.join('.')
}

function unescapePointer(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~')
}

function messageOf(fault: Fault): string {
  return messages[fault.keyword]?.(fault.params) ?? fault.message ?? 'is invalid'
}

const messages: Readonly<Record<string, (params: Record<string, unknown>) => string>> = {
  required: () => 'is required',
  type: ({ type }) => `must be ${typeNames[String(type)] ?? String(type)}`,
  minLength: ({ limit }) => (limit === 1 ? 'must not be empty' : `must have at least ${String(limit)} characters`),
  maxLength: ({ limit }) => `must have at most ${characters(Number(limit))}`,
  minimum: ({ limit }) => `must be at least ${String(limit)}`,
  maximum: ({ limit }) => `must be at most ${String(limit)}`,
  minItems: ({ limit }) => `must have at least ${items(Number(limit))}`,
  maxItems: ({ limit }) => `must have at most ${items(Number(limit))}`,
  minProperties: () => 'must name at least one field',
  format: ({ format }) => `must be ${formatNames[String(format)] ?? `a valid ${String(format)}`}`,
  pattern: () => 'has an invalid form',
  const: ({ allowedValue }) => `must be ${String(allowedValue)}`,
  enum: ({ allowedValues }) => oneOf(Array.isArray(allowedValues) ? allowedValues : []),
  anyOf: () => 'has none of the accepted forms',
  additionalProperties: ({ additionalProperty }) => `must not have the field ${String(additionalProperty)}`
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null'
}

const formatNames: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  date: 'a date (YYYY-MM-DD)',
  'date-time': 'a time (RFC 3339)',
  'idn-email': 'an email address',
  uri: 'a URL'
}

function oneOf(values: readonly unknown[]): string {
  return `must be one of: ${values.map(String).join(', ')}`
}

function characters(count: number): string {
  return count === 1 ? '1 character' : `${count} characters`
}

function items(count: number): string {
  return count === 1 ? '1 item' : `${count} items`
}

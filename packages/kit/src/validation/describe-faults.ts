import type { FieldFault } from '../errors/app-error.ts'

/** One of Ajv's errors: a keyword that a value violates. */
export interface Fault {
  keyword: string
  instancePath: string
  schemaPath: string
  message?: string | undefined
  params: Record<string, unknown>
}

/** Returns Ajv's errors as readable messages, one per field, in the order in which they were found. */
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

/**
 * Ajv reports every failed branch of a union. Returns only what helps the sender: the errors of the one branch that the
 * sender meant, or the values that the union allows, or that nothing fits.
 */
function resolveUnions(faults: readonly Fault[]): Fault[] {
  const unions = faults.filter((fault) => fault.keyword === 'anyOf')
  const outer = unions.filter((union) => !unions.some((other) => isInside(union, other)))
  const rest = faults.filter((fault) => !outer.some((union) => fault === union || isInside(fault, union)))
  return [...rest, ...outer.flatMap((union) => resolveUnion(union, faults))]
}

function resolveUnion(union: Fault, faults: readonly Fault[]): Fault[] {
  const inside = faults.filter((fault) => isInside(fault, union))
  const branches = [...Map.groupBy(inside, (fault) => branchOf(fault, union)).values()]
  const fitting = branches.filter((branch) => !branch.some((fault) => isOtherKind(fault, union)))
  if (fitting.length === 1) return fitting.flatMap(resolveUnions)
  return [constantsOf(inside) ?? wrongType(inside) ?? union]
}

function isInside(fault: Fault, union: Fault): boolean {
  return fault.schemaPath.startsWith(`${union.schemaPath}/`) && fault.instancePath.startsWith(union.instancePath)
}

function branchOf(fault: Fault, union: Fault): string {
  return fault.schemaPath.slice(union.schemaPath.length + 1).split('/')[0] ?? ''
}

/** Returns whether an error shows that its branch was not meant: another constant or another type. */
function isOtherKind(fault: Fault, union: Fault): boolean {
  return fault.keyword === 'const' || (fault.keyword === 'type' && fault.instancePath === union.instancePath)
}

/** Returns the constants of all branches as one `enum`, if they are about the same field. */
function constantsOf(inside: readonly Fault[]): Fault | undefined {
  const constants = inside.filter((fault) => fault.keyword === 'const')
  const [first] = constants
  if (first === undefined || constants.some((fault) => fault.instancePath !== first.instancePath)) return undefined
  return { ...first, keyword: 'enum', params: { allowedValues: constants.map((fault) => fault.params.allowedValue) } }
}

function wrongType(inside: readonly Fault[]): Fault | undefined {
  return inside.find((fault) => fault.keyword === 'type' && fault.params.type !== 'null')
}

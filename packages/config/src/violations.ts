import type { Violation } from './config-error.ts'

/** One of Ajv's errors: a keyword that a value violates. */
export interface Fault {
  keyword: string
  instancePath: string
  message?: string | undefined
  params: Record<string, unknown>
}

/** Whether an error carries Ajv's list of errors. */
export function hasFaults(error: unknown): error is Error & { errors: Fault[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

/** One violation per variable, in the order of the schema; values are never repeated. */
export function violationsOf(faults: readonly Fault[]): Violation[] {
  const byVariable = new Map<string, Fault[]>()
  for (const fault of faults) {
    const variable = variableOf(fault)
    byVariable.set(variable, [...(byVariable.get(variable) ?? []), fault])
  }
  return [...byVariable].map(([variable, of]) => ({ variable, problem: problemOf(of) }))
}

function variableOf(fault: Fault): string {
  if (fault.keyword === 'required') return String(fault.params.missingProperty)
  return fault.instancePath.split('/')[1] ?? ''
}

function problemOf(faults: Fault[]): string {
  if (faults.some((fault) => fault.keyword === 'required')) return 'is missing'
  const allowed = faults.flatMap(allowedBy)
  if (allowed.length > 0) return `must be one of: ${allowed.join(', ')}`
  const [first] = faults.filter((fault) => fault.keyword !== 'anyOf')
  if (first?.keyword === 'type') return `must be ${typeNames[String(first.params.type)] ?? String(first.params.type)}`
  if (first?.keyword === 'format') return `must be a valid ${String(first.params.format)}`
  return first?.message ?? 'is not allowed'
}

const typeNames: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  string: 'a text'
}

/** The values that a `const` or an `enum` allows. They come from the schema, so they are not secret. */
function allowedBy(fault: Fault): unknown[] {
  if (fault.keyword === 'const') return [fault.params.allowedValue]
  return fault.keyword === 'enum' && Array.isArray(fault.params.allowedValues) ? fault.params.allowedValues : []
}

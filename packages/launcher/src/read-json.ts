import { readFileSync } from 'node:fs'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'

/** Returns the JSON in a file; undefined when there is none or it does not match the schema. */
export function readJson<Schema extends TSchema>(file: string, schema: Schema): Static<Schema> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    return Value.Check(schema, value) ? value : undefined
  } catch {
    return undefined
  }
}

import { types } from 'pg'

const int8 = types.builtins.INT8
const numeric = types.builtins.NUMERIC
const date = types.builtins.DATE
const int8Array: number = 1016

/** Whole numbers stay exact or fail loudly: a rounded `bigint` would be a wrong key. */
function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint out of the exact range of a number: ${text}`)
  return value
}

function safeIntegers(text: string): (number | null)[] {
  if (text === '{}') return []
  const items = text.slice(1, -1).split(',')
  return items.map((item) => (item === 'NULL' ? null : safeInteger(item)))
}

/**
 * How column values come back: `bigint` and `numeric` as numbers, `timestamptz` as Date, `date` as `YYYY-MM-DD` text
 * (a calendar day has no time zone), everything else as pg does by default.
 */
export const typeParsers: Pick<typeof types, 'getTypeParser'> = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === int8) return safeInteger
      if (oid === numeric) return Number
      if (oid === date) return String
      if (oid === int8Array) return safeIntegers
    }
    return types.getTypeParser(oid, format)
  }
}

import { types } from 'pg'

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

/** By type OID. */
const ours = new Map<number, (text: string) => unknown>([
  [types.builtins.INT8, safeInteger],
  [1016, safeIntegers],
  [types.builtins.NUMERIC, Number],
  [types.builtins.DATE, String]
])

/**
 * How column values come back: `bigint` and `numeric` as numbers, `timestamptz` as Date, `date` as `YYYY-MM-DD` text
 * (a calendar day has no time zone), everything else as pg does by default.
 */
export const typeParsers: Pick<typeof types, 'getTypeParser'> = {
  getTypeParser(...[oid, format = 'text']: Parameters<typeof types.getTypeParser>): unknown {
    const byDefault: unknown = types.getTypeParser(oid, format)
    return format === 'text' ? (ours.get(oid) ?? byDefault) : byDefault
  }
}

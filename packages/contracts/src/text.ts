import { Type } from 'typebox'

/**
 * Human text: trimmed before its length is checked, lengths in Unicode code points, NUL and lone surrogates refused.
 * The keyword `trim` is implemented by the validator that the services share.
 */
export function Text(limits: { min?: number; max: number }) {
  return Type.String({ trim: true, minLength: limits.min ?? 1, maxLength: limits.max })
}

/** A UUID; the ones Belay makes are version 7. */
export const Id = Type.String({ format: 'uuid' })

/** RFC 3339 in UTC with milliseconds and `Z`. */
export const Timestamp = Type.String({ format: 'date-time' })

/** A calendar day, `YYYY-MM-DD`. There is no year 0: the format alone would let it pass, and Postgres would not. */
export const CalendarDate = Type.String({ format: 'date', pattern: '^(?!0000)' })

/** `T` or null. */
export function Nullable<T extends Parameters<typeof Type.Union>[0][number]>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** Where a list goes on: opaque text that came with the page before. */
export const Cursor = Type.String({ pattern: '^[A-Za-z0-9_-]{1,1000}$' })

import { Type } from 'typebox'

/** White space, control characters, invisible characters (by Unicode), and letters and symbols that are blank. */
const invisible = String.raw`\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800\u{1D159}\u{13441}\u{13442}\u{16FE4}`
const nothingVisible = new RegExp(`^[${invisible}]*$`, 'u')

/** Returns whether a text has no visible character. */
export function isBlank(text: string): boolean {
  return nothingVisible.test(text)
}

/** Whether a database and UTF-8 can hold a text as it is: no NUL, no lone surrogates. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/**
 * Human text: trimmed before its length is checked, empty when it has no visible character, lengths in Unicode code
 * points, NUL and lone surrogates rejected. The keyword `trim` is implemented by the validator that the services share.
 */
export function Text(limits: { min?: number; max: number }) {
  return Type.String({ trim: true, minLength: limits.min ?? 1, maxLength: limits.max })
}

/** An email address of any script. The format is that of the validator that the services share. */
export const Email = Type.String({ trim: true, format: 'idn-email', maxLength: 254 })

/** A new password: storable without changes, and not blank. */
export const NewPassword = Type.String({
  minLength: 8,
  maxLength: 128,
  pattern: String.raw`^(?=.*[^${invisible}])[^\u0000\p{Cs}]*$`
})

/** A password at sign-in. With NUL or lone surrogates, different passwords would become the same. */
export const TriedPassword = Type.String({ minLength: 1, maxLength: 128, pattern: String.raw`^[^\u0000\p{Cs}]*$` })

/** A UUID; the ones Belay makes are version 7. */
export const Id = Type.String({ format: 'uuid' })

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** Whether a value is a UUID, in upper or lower case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value)
}

/** RFC 3339 in UTC with milliseconds and `Z`. */
export const Timestamp = Type.String({ format: 'date-time' })

/** A calendar day, `YYYY-MM-DD`. There is no year 0: the format alone would let it pass, and Postgres would not. */
export const CalendarDate = Type.String({ format: 'date', pattern: '^(?!0000)' })

/** `T` or null. */
export function Nullable<T extends Parameters<typeof Type.Union>[0][number]>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** Where a list continues: opaque text from the previous page. */
export const Cursor = Type.String({ pattern: '^[A-Za-z0-9_-]{1,1000}$' })

import { InvalidInput } from '@belay/kit'

/**
 * The instant that an RFC 3339 text names. Throws InvalidInput for one that has the form but that neither a Date nor our
 * own texts can say: a leap second, a year outside 1 to 9999 in UTC.
 */
export function parseInstant(text: string, field: string): Date {
  const instant = new Date(text)
  const year = instant.getUTCFullYear()
  if (!(year >= 1 && year <= 9999)) {
    const message = 'must be a time from the year 1 to 9999'
    throw new InvalidInput(`${field}: ${message}`, [{ field, message }])
  }
  return instant
}

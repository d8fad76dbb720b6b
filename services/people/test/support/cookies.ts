import type { Answer } from '@belay/testing'

/** The `Set-Cookie` lines of an answer. */
export function setCookies(answer: Answer): string[] {
  const value = answer.headers['set-cookie']
  return value === undefined ? [] : [value].flat()
}

/** The refresh cookie that an answer sets, as a client sends it back: `refresh_token=…`. */
export function cookieOf(answer: Answer): string {
  const line = setCookies(answer).find((cookie) => cookie.startsWith('refresh_token='))
  if (line === undefined) throw new Error('the answer sets no refresh cookie')
  return line.split(';')[0] ?? ''
}

/** The attributes of the refresh cookie that an answer sets. */
export function cookieAttributes(answer: Answer): string[] {
  const line = setCookies(answer).find((cookie) => cookie.startsWith('refresh_token=')) ?? ''
  return line.split('; ').slice(1)
}

/**
 * Where answers come back. `_INBOX.<asker>.<answerer>.…`: only the asker's login may read there, and only the answerer's
 * may write there, so that nobody reads another's answers or answers in another's name.
 */

/** The beginning of everything that comes back to a process of this name. */
export function inboxOf(name: string): string {
  return `_INBOX.${name}`
}

/** The beginning of the answers that a service gives this asker. */
export function answersTo(asker: string, answerer: string): string {
  return `${inboxOf(asker)}.${answerer}`
}

/** Every subject that a service of this name may answer on. */
export function repliesOf(answerer: string): string[] {
  return [`${answersTo('*', answerer)}.>`]
}

/**
 * Where answers come back. `_INBOX.<asker>.<answerer>.…`: only the asker's login may read there, and only the answerer's
 * may write there, so that no service can read another's answers or answer in another's name.
 */

/** The prefix of every subject on which a process of this name receives answers. */
export function inboxOf(name: string): string {
  return `_INBOX.${name}`
}

/** The prefix of the subjects on which a service answers this asker. */
export function answersTo(asker: string, answerer: string): string {
  return `${inboxOf(asker)}.${answerer}`
}

/** Every subject that a service of this name may answer on. */
export function repliesOf(answerer: string): string[] {
  return [`${answersTo('*', answerer)}.>`]
}

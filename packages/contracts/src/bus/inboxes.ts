/**
 * Where answers come back. `_INBOX.<requester>.<responder>.…`: only the requester's login may read there, and only the responder's
 * may write there, so that no service can read another's answers or answer in another's name.
 */

/** The prefix of every subject on which a process of this name receives answers. */
export function inboxOf(name: string): string {
  return `_INBOX.${name}`
}

/** The prefix of the subjects on which a service answers this requester. */
export function answersTo(requester: string, responder: string): string {
  return `${inboxOf(requester)}.${responder}`
}

/** Every subject that a service of this name may answer on. */
export function repliesOf(responder: string): string[] {
  return [`${answersTo('*', responder)}.>`]
}

/** What the system says in a thread; `{name}` in `body` stands for the person that it is about. */
export interface SystemText {
  body: string
  about?: { id: string; name: string }
}

/** Stands for a person's name in the stored body of a message about them. */
export const placeholder = '{name}'

/** A guest came into the group. */
export function joinedText(about: { id: string; name: string }): SystemText {
  return { body: `${placeholder} has joined the event!`, about }
}

/** A guest left the group. */
export function leftText(about: { id: string; name: string }): SystemText {
  return { body: `${placeholder} has left the event.`, about }
}

/** The body with a name in the placeholder's stead. */
export function withName(body: string, name: string): string {
  return body.replace(placeholder, () => name)
}

/** What events say in a name's stead: they outlive the account. */
export const neutralName = 'A guest'

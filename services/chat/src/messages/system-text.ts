/** Stands for a person's name in the stored body of a message about them. */
export const placeholder = '{name}'

/** The body with a name in place of the placeholder. */
export function withName(body: string, name: string): string {
  return body.replace(placeholder, () => name)
}

/** Stands for a person's name in events, which outlive the account. */
export const neutralName = 'A guest'

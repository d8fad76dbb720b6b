/** What the token of another identity provider says of a person. */
export interface IdentityClaims {
  issuer: string
  subject: string
  email?: string | undefined
  name?: string | undefined
}

const displayNameMax = 120
const emailMax = 254

/** The name in the claims, or what stands before the `@` of the address, or a name for everybody without one. */
export function claimedDisplayName(claims: IdentityClaims): string {
  const name = clean(claims.name) ?? clean(claimedEmail(claims)?.split('@')[0]) ?? 'New member'
  return [...name].slice(0, displayNameMax).join('').trimEnd()
}

/** The address in the claims, if it can be one. */
export function claimedEmail(claims: IdentityClaims): string | null {
  const email = clean(claims.email)
  return email !== undefined && email.length <= emailMax && /^[^\s@]+@[^\s@]+$/.test(email) ? email : null
}

/** Text that the database and the contract take: no NUL, no halves of characters, trimmed, not empty. */
function clean(text: string | undefined): string | undefined {
  const trimmed = text?.toWellFormed().replaceAll('\0', '').trim() ?? ''
  return trimmed === '' ? undefined : trimmed
}

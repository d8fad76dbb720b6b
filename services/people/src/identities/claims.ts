import { isBlank, isStorable } from '@belay/contracts'
import { isEmail } from '@belay/kit'

/** What the token of another identity provider contains about a person. */
export interface IdentityClaims {
  issuer: string
  subject: string
  email?: string | undefined
  name?: string | undefined
}

const displayNameMax = 120
const emailMax = 254

/** Returns the name in the claims, or the part of the address before the `@`, or `New member`. */
export function claimedDisplayName(claims: IdentityClaims): string {
  const name = clean(claims.name) ?? clean(claimedEmail(claims)?.split('@')[0]) ?? 'New member'
  return [...name].slice(0, displayNameMax).join('').trimEnd()
}

/** Returns the address in the claims; null when it is no email address. */
export function claimedEmail(claims: IdentityClaims): string | null {
  const email = clean(claims.email)
  return email !== undefined && [...email].length <= emailMax && isEmail(email) ? email : null
}

/** Returns text that the database and the contract accept; undefined for blank or malformed text. */
function clean(text: string | undefined): string | undefined {
  const stripped = text?.replaceAll('\0', '') ?? ''
  return isBlank(stripped) || !isStorable(stripped) ? undefined : stripped.trim()
}

import { isBlank, isStorable } from '@belay/contracts'
import { isEmail } from '@belay/kit'

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

/** The address in the claims, if it is one. */
export function claimedEmail(claims: IdentityClaims): string | null {
  const email = clean(claims.email)
  return email !== undefined && [...email].length <= emailMax && isEmail(email) ? email : null
}

/** Text that the database and the contract take; what is broken or shows nothing counts as left out. */
function clean(text: string | undefined): string | undefined {
  const stripped = text?.replaceAll('\0', '') ?? ''
  return isBlank(stripped) || !isStorable(stripped) ? undefined : stripped.trim()
}

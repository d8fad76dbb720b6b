/** What both documents say of the system that they describe. */
export interface About {
  version: string
  /** Where clients reach the gateway. */
  publicUrl: string
}

/** Who to turn to: the mailbox that every domain with mail has (RFC 2142). A host without a domain has none of its own. */
export function contactOf({ publicUrl }: About) {
  const { hostname, origin } = new URL(publicUrl)
  const domain = /\.[a-z][a-z0-9-]*$/.test(hostname) ? hostname : 'belay.local'
  return { name: 'The operator of this server', url: origin, email: `postmaster@${domain}` }
}

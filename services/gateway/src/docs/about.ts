/** The part of both documents that describes the system. */
export interface About {
  version: string
  /** The URL at which clients reach the gateway. */
  publicUrl: string
}

/** Returns the contact: the mailbox that every mail domain has (RFC 2142). A host without a domain has no such mailbox. */
export function contactOf({ publicUrl }: About) {
  const { hostname, origin } = new URL(publicUrl)
  const domain = /\.[a-z][a-z0-9-]*$/.test(hostname) ? hostname : 'belay.local'
  return { name: 'The operator of this server', url: origin, email: `postmaster@${domain}` }
}

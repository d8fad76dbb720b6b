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

/** The groups of the reference, in its order. Every operation belongs to one of them. */
export const tags = [
  { name: 'Identity', description: 'Accounts, sign-ins, profiles, blocks and reports.' },
  { name: 'Administration', description: 'For administrators.' },
  { name: 'Notifications', description: "Each person's inbox." },
  { name: 'Send Buddy: trips', description: 'Where and when somebody travels; every invitation belongs to a trip.' },
  { name: 'Send Buddy: sessions', description: 'Invitations of one person by another, and what becomes of them.' },
  { name: 'Send Buddy: chat', description: 'The conversation of a session.' },
  { name: 'Send Buddy: feedback', description: 'Ratings after a completed session.' },
  { name: 'Shua: events', description: 'What a host offers to guests, and the tags that it is found by.' },
  { name: 'Shua: requests', description: 'Asking to join an event, and what the host says to it.' },
  { name: 'Shua: threads', description: 'The group of an event, and the messages before a request is accepted.' },
  { name: 'VibesMatch: people', description: 'Blocks, in the envelope of the VibesMatch API.' }
]

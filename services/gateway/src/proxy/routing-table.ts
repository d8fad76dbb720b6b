/** The services behind the gateway that answer HTTP. */
export const upstreamNames = ['people', 'sessions', 'chat', 'notifications'] as const

export type UpstreamName = (typeof upstreamNames)[number]

/** Which service owns a path. `:name` stands for one segment, `*` for the rest; the most specific one wins. */
export const routingTable: readonly { path: string; upstream: UpstreamName }[] = [
  { path: '/auth/*', upstream: 'people' },
  { path: '/users', upstream: 'people' },
  { path: '/api/auth/*', upstream: 'people' },
  { path: '/api/users/*', upstream: 'people' },
  { path: '/api/admin/users/*', upstream: 'people' },
  { path: '/api/admin/reports', upstream: 'people' },
  { path: '/api/admin/reports/*', upstream: 'people' },
  { path: '/api/v1/users/*', upstream: 'people' },
  { path: '/.well-known/jwks.json', upstream: 'people' },

  { path: '/api/trips', upstream: 'sessions' },
  { path: '/api/trips/*', upstream: 'sessions' },
  { path: '/api/sessions', upstream: 'sessions' },
  { path: '/api/sessions/*', upstream: 'sessions' },
  { path: '/api/feedback/*', upstream: 'sessions' },

  { path: '/api/sessions/:id/messages', upstream: 'chat' },
  { path: '/api/sessions/:id/mark-read', upstream: 'chat' },

  { path: '/events', upstream: 'sessions' },
  { path: '/events/*', upstream: 'sessions' },
  { path: '/tags', upstream: 'sessions' },
  { path: '/tags/*', upstream: 'sessions' },
  { path: '/requests', upstream: 'sessions' },
  { path: '/requests/*', upstream: 'sessions' },

  { path: '/requests/:id/messages', upstream: 'chat' },
  { path: '/threads', upstream: 'chat' },
  { path: '/threads/*', upstream: 'chat' },

  { path: '/api/notifications', upstream: 'notifications' },
  { path: '/api/notifications/*', upstream: 'notifications' }
]

/** Paths whose upgrades go to the realtime gateway. */
export const socketPaths: readonly string[] = ['/ws/*']

import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** `https://host:port` under which clients reach the system. */
    publicOrigin: string
  }
}

/** The address that the client called, at the public origin: what links of a page are made from. */
export function requestUrl(request: FastifyRequest): URL {
  // Joined as text: relative to a base, a path that begins with `//` would name another host.
  return new URL(request.server.publicOrigin + request.url)
}

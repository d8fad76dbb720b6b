import cookie from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    /** The refresh token that came with the call. */
    refreshToken(): string | undefined
  }
  interface FastifyReply {
    /** Gives the client its next refresh token; scripts in the browser never see it. */
    setRefreshToken(token: string): FastifyReply
    clearRefreshToken(): FastifyReply
  }
}

interface RefreshCookieOptions {
  publicUrl: string
  /** How long the client keeps the cookie. */
  maxAgeSeconds: number
}

const name = 'refresh_token'
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** The refresh token travels in a cookie that only the authentication calls receive, and only from the own site. */
export default fp<RefreshCookieOptions>(
  async (app, { publicUrl, maxAgeSeconds }) => {
    await app.register(cookie)

    const attributesFor = (request: FastifyRequest) => ({
      path: '/api/auth/',
      httpOnly: true,
      sameSite: 'strict' as const,
      secure: publicUrl.startsWith('https:') || !isPlainLocalhost(request)
    })

    app.decorateRequest('refreshToken', function (this: FastifyRequest) {
      return this.cookies[name] || undefined
    })
    app.decorateReply('setRefreshToken', function (this: FastifyReply, token: string) {
      this.header('cache-control', 'no-store')
      return this.setCookie(name, token, { ...attributesFor(this.request), maxAge: maxAgeSeconds })
    })
    app.decorateReply('clearRefreshToken', function (this: FastifyReply) {
      return this.clearCookie(name, attributesFor(this.request))
    })
  },
  { name: 'people.refresh-cookie' }
)

/** The one place where browsers would not send a Secure cookie back and nobody can listen in. */
function isPlainLocalhost(request: FastifyRequest): boolean {
  return request.protocol === 'http' && loopback.test(request.hostname)
}

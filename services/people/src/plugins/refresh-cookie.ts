import cookie from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyRequest {
    /** The refresh tokens of the request: a client may hold cookies of that name for several paths or domains. */
    refreshTokens(): string[]
  }
  interface FastifyReply {
    /** Sets the client's next refresh token, which scripts in the browser cannot read. */
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
const cookies = /(?:^|;)\s*refresh_token="?([\w-]{43})"?\s*(?=;|$)/g
/** More than a client collects. */
const tokensMax = 20
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** The refresh token travels in a cookie that browsers send only to the authentication paths, and only from the same site. */
export const refreshCookie = fp<RefreshCookieOptions>(
  async (app, { publicUrl, maxAgeSeconds }) => {
    await app.register(cookie)

    const attributesFor = (request: FastifyRequest) => ({
      path: '/api/auth/',
      httpOnly: true,
      sameSite: 'strict' as const,
      secure: publicUrl.startsWith('https:') || !isPlainLocalhost(request)
    })

    app.decorateRequest('refreshTokens', function (this: FastifyRequest) {
      return tokensOf(this.headers.cookie ?? '')
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

/** Returns every token in a Cookie header once, in its order. Cookie libraries keep only one cookie of a name. */
function tokensOf(header: string): string[] {
  const tokens = Array.from(header.matchAll(cookies), ([, token = '']) => token)
  return [...new Set(tokens)].slice(0, tokensMax)
}

/** Over plain HTTP to localhost browsers do not send Secure cookies, and there is no network to eavesdrop on. */
function isPlainLocalhost(request: FastifyRequest): boolean {
  return request.protocol === 'http' && loopback.test(request.hostname)
}

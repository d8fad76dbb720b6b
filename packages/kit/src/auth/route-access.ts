/** Who may call a route. Without a word it is `user`, so that a forgotten one is closed. */
export type RouteAccess = 'user' | 'optional' | 'admin' | 'none'

/** Whoever is behind a call, as this service knows them now. */
export interface CurrentUser {
  id: string
  tier: 'free' | 'premium'
  role: 'user' | 'admin'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    auth?: RouteAccess
    /** Also for those whose account is gone, with a token from before: to repeat the call that erased it. */
    admitsErased?: boolean
  }
  interface FastifyRequest {
    /** Whoever is behind the call. Throws 401 where there is nobody (`optional` and `none` routes). */
    readonly user: CurrentUser
    /** The same, undefined where there is nobody. */
    currentUser: CurrentUser | undefined
    /** The sign-in (`sid`) of the call's token; undefined without one. */
    signInId: string | undefined
  }
}

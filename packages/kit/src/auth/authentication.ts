import { isUuid } from '@belay/contracts'
import DataLoader from 'dataloader'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { AccountDisabled, AdminOnly, InvalidToken, NoCredentials } from '../errors/common-errors.ts'
import type { TokenVerifier } from './token-verifier.ts'

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

/** What a service knows of a person who calls. */
export interface Account extends CurrentUser {
  disabled: boolean
}

export interface AuthenticationOptions {
  verifyToken: TokenVerifier['verify']
  /** The accounts with these ids, in any order; erased and unknown ones are left out. One query for many calls. */
  findAccounts: (userIds: readonly string[]) => Promise<readonly Account[]>
  /** Take `X-Test-User-ID` for a login (`DEV_TEST_AUTH`). */
  devTestAuth?: boolean
}

/**
 * Says who is behind every call, before its body is read: `request.user`. A route that says nothing else in
 * `config.auth` is closed to all but users; tier, role and `disabled` are looked up at every call.
 */
export const authentication = fp<AuthenticationOptions>(
  async (app, options) => {
    const accounts = createAccountLoader(options.findAccounts)
    decorate(app)
    app.addHook('onRequest', async (request) => {
      const access = request.routeOptions.config?.auth ?? 'user'
      if (access === 'none' || request.is404) return
      const caller = await identify(request, options)
      if (caller === undefined && access === 'optional') return
      if (caller === undefined) throw new NoCredentials()
      const account = await accounts.load(caller.userId)
      if (account === undefined && !request.routeOptions.config?.admitsErased) throw new InvalidToken()
      if (account?.disabled) throw new AccountDisabled()
      if (access === 'admin' && account?.role !== 'admin') throw new AdminOnly()
      const { tier, role } = account ?? { tier: 'free', role: 'user' }
      request.currentUser = { id: caller.userId, tier, role }
      request.signInId = caller.signInId
    })
  },
  { name: 'kit.authentication' }
)

function decorate(app: FastifyInstance): void {
  app.decorateRequest('currentUser', undefined)
  app.decorateRequest('signInId', undefined)
  app.decorateRequest('user', {
    getter(this: FastifyRequest) {
      if (this.currentUser === undefined) throw new NoCredentials()
      return this.currentUser
    }
  })
}

interface Caller {
  userId: string
  signInId: string | undefined
}

async function identify(request: FastifyRequest, options: AuthenticationOptions): Promise<Caller | undefined> {
  const { authorization, 'x-test-user-id': testUser } = request.headers
  if (authorization !== undefined) {
    const token = /^bearer +(\S+)$/i.exec(authorization)?.[1]
    if (token === undefined) throw new InvalidToken()
    return options.verifyToken(token)
  }
  if (options.devTestAuth !== true || testUser === undefined) return undefined
  const userId = String(testUser).toLowerCase()
  if (!isUuid(userId)) throw new InvalidToken()
  return { userId, signInId: undefined }
}

/** Looks up the callers of one turn of the event loop together. Nothing is remembered: a change acts at once. */
function createAccountLoader(findAccounts: AuthenticationOptions['findAccounts']) {
  return new DataLoader<string, Account | undefined>(
    async (userIds) => {
      const found = await findAccounts([...new Set(userIds)])
      const byId = new Map(found.map((account) => [account.id, account]))
      return userIds.map((userId) => byId.get(userId))
    },
    // Calls come from sockets of their own: only setImmediate is late enough to meet the others of the turn.
    { cache: false, maxBatchSize: 500, batchScheduleFn: (load) => void setImmediate(load) }
  )
}

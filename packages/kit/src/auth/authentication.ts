import { isUuid } from '@belay/contracts'
import DataLoader from 'dataloader'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { AccountDisabled, AdminOnly, InvalidToken, NoCredentials } from '../errors/common-errors.ts'
import type { TokenVerifier } from './token-verifier.ts'

const testUserName = /^[\w.-]{1,64}$/

/** Who may call a route. Defaults to `user`, so that a route without the setting is closed. */
export type RouteAccess = 'user' | 'optional' | 'admin' | 'none'

/** The caller, from what this service currently stores about them. */
export interface CurrentUser {
  id: string
  tier: 'free' | 'premium'
  role: 'user' | 'admin'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    auth?: RouteAccess
    /** Also accepts the token of an erased account, so that the call that erased it can be repeated. */
    admitsErased?: boolean
    /**
     * Looks the account up only before an error is sent, because what the handler does succeeds for accounts in order alone
     * (one query less). The caller has the least tier and role until then. A handler that returns a stored response calls
     * `checkAccount` first.
     */
    accountCheck?: 'on-failure'
  }
  interface FastifyRequest {
    /** The caller. Throws 401 if there is none (`optional` and `none` routes). */
    readonly user: CurrentUser
    /** The caller; undefined if there is none. */
    currentUser: CurrentUser | undefined
    /** The sign-in (`sid`) of the call's token; undefined if it has none. */
    signInId: string | undefined
    /** Looks up the account of a call that was let in without. @throws InvalidToken or AccountDisabled */
    checkAccount(): Promise<void>
    /** The caller's id while their account has not been looked up. */
    uncheckedUserId: string | undefined
  }
}

/** What a service stores about a caller. */
export interface Account extends CurrentUser {
  disabled: boolean
}

export interface AuthenticationOptions {
  verifyToken: TokenVerifier['verify']
  /** The accounts with these ids, in any order; erased and unknown ones are omitted. One query serves many calls. */
  findAccounts: (userIds: readonly string[]) => Promise<readonly Account[]>
  /** Whether `X-Test-User-ID` counts as a login (`DEV_TEST_AUTH`). */
  devTestAuth?: boolean
  /** Returns the person behind an `X-Test-User-ID` that is no UUID; without it such a header is no login. */
  resolveTestUser?: TokenVerifier['resolveTestUser']
}

/**
 * Sets `request.user` to the caller before the body is read. Routes require a signed-in user unless `config.auth` is set;
 * tier, role and `disabled` are looked up on every call.
 */
export const authentication = fp<AuthenticationOptions>(
  async (app, options) => {
    const accounts = createAccountLoader(options.findAccounts)
    decorate(app)
    app.decorateRequest('checkAccount', async function (this: FastifyRequest) {
      const userId = this.uncheckedUserId
      this.uncheckedUserId = undefined
      if (userId !== undefined) checkInOrder(await accounts.load(userId))
    })
    app.addHook('onRequest', async (request) => {
      const access = request.routeOptions.config?.auth ?? 'user'
      if (access === 'none' || request.is404) return
      const caller = await identify(request, options)
      if (caller === undefined && access === 'optional') return
      if (caller === undefined) throw new NoCredentials()
      request.signInId = caller.signInId
      if (request.routeOptions.config?.accountCheck === 'on-failure') {
        request.uncheckedUserId = caller.userId
        request.currentUser = { id: caller.userId, ...least }
        return
      }
      const account = await accounts.load(caller.userId)
      if (account !== undefined || !request.routeOptions.config?.admitsErased) checkInOrder(account)
      if (access === 'admin' && account?.role !== 'admin') throw new AdminOnly()
      const { tier, role } = account ?? least
      request.currentUser = { id: caller.userId, tier, role }
    })
  },
  { name: 'kit.authentication' }
)

const least = { tier: 'free', role: 'user' } as const

function checkInOrder(account: Account | undefined): void {
  if (account === undefined) throw new InvalidToken()
  if (account.disabled) throw new AccountDisabled()
}

function decorate(app: FastifyInstance): void {
  app.decorateRequest('uncheckedUserId', undefined)
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
  const userId = await findTestUser(String(testUser), options)
  return { userId, signInId: undefined }
}

async function findTestUser(header: string, { resolveTestUser }: AuthenticationOptions): Promise<string> {
  if (isUuid(header)) return header.toLowerCase()
  if (resolveTestUser === undefined || !testUserName.test(header)) throw new InvalidToken()
  return resolveTestUser(header)
}

/** Looks up the callers of one turn of the event loop together. Nothing is cached: a change takes effect at once. */
function createAccountLoader(findAccounts: AuthenticationOptions['findAccounts']) {
  return new DataLoader<string, Account | undefined>(
    async (userIds) => {
      const found = await findAccounts([...new Set(userIds)])
      const byId = new Map(found.map((account) => [account.id, account]))
      return userIds.map((userId) => byId.get(userId))
    },
    // Each call arrives on its own socket: only setImmediate runs late enough to batch the calls of one turn.
    { cache: false, maxBatchSize: 500, batchScheduleFn: (load) => void setImmediate(load) }
  )
}

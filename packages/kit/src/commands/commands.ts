import type { EventStore } from '@belay/events'
import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { Answer } from './answers.repository.ts'
import type { Call, KeyedCall } from './call.ts'
import { CommandHooks } from './command-hooks.ts'
import { defaultWaitMs } from './open-call.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `by-handler`: the handler stores the answer of a call with a key in the transaction of its effect
     * (`request.keyedCall`) instead of running in its own transaction. For effects that share a transaction
     * with those of other callers.
     * `late`: the transaction of a call with a key begins with the handler's first change, so that the handler may ask
     * other services before it.
     * A function decides for each call with a key: where only some calls have such an effect.
     * `by-route`: the body, which holds a secret, is not part of the call's identity; not even its hash is stored.
     */
    idempotency?: 'by-handler' | 'late' | 'by-route' | ((request: FastifyRequest) => Promise<'by-handler' | undefined>)
  }
  interface FastifyRequest {
    /** The call whose answer the handler of a `by-handler` route stores; undefined without an `Idempotency-Key`. */
    keyedCall: KeyedCall | undefined
    /**
     * Set by the handler of a command without a signed-in user, so that its repetition can find out that its effect is
     * still pending. The answer itself is not stored: it may contain tokens.
     */
    awaitedAs: Call | undefined
  }
}

export interface CommandsOptions {
  /** How long a repetition waits for the first call. Defaults to 10 s. */
  waitMs?: number
}

/**
 * Guarantees for every call that changes something. `Idempotency-Key` on a POST: the first call runs in one transaction,
 * in which its answer is stored for 24 hours; repetitions get that answer and do nothing. And a 2xx is sent only
 * once every service whose answers depend on the change has applied it; until then the answer is 503 `NOT_YET_EFFECTIVE`,
 * and the same call by the same person gets the first answer later. Routes registered before this plugin are not covered.
 */
export function commands<DB>(store: EventStore<DB>) {
  return fp<CommandsOptions>(
    async (app, { waitMs = defaultWaitMs }) => {
      const hooks = new CommandHooks(store, waitMs)
      const begin = (request: FastifyRequest, reply: FastifyReply) => hooks.begin(request, reply)
      const enter = (request: FastifyRequest, _reply: FastifyReply, done: () => void) => hooks.enter(request, done)
      const end = async (request: FastifyRequest, reply: FastifyReply, payload: unknown) => {
        await hooks.end(request, answerOf(reply, payload))
        return payload
      }
      app.decorateRequest('keyedCall', undefined)
      app.decorateRequest('awaitedAs', undefined)
      app.addHook('onRoute', (route) => {
        if (!methodsOf(route).some((method) => changing.has(method))) return
        route.preValidation = [...asList(route.preValidation), begin, enter]
        route.onSend = [...asList(route.onSend), end]
        if (route.config?.idempotency === 'late') route.handler = hooks.replaying(route.handler)
      })
    },
    { name: 'kit.commands', dependencies: ['kit.authentication'] }
  )
}

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** Undefined for a stream, which is never stored. */
function answerOf(reply: FastifyReply, payload: unknown): Answer | undefined {
  const body = textOf(payload)
  if (body === undefined) return undefined
  const type = reply.getHeader('content-type')
  return { status: reply.statusCode, contentType: typeof type === 'string' ? type : null, body }
}

function textOf(payload: unknown): string | null | undefined {
  if (payload === null || payload === undefined) return null
  if (Buffer.isBuffer(payload)) return payload.toString('utf8')
  return typeof payload === 'string' ? payload : undefined
}

function methodsOf({ method }: RouteOptions): string[] {
  return [method].flat().map((name) => name.toUpperCase())
}

function asList<Hook>(hooks: Hook | Hook[] | undefined): Hook[] {
  if (hooks === undefined) return []
  return Array.isArray(hooks) ? hooks : [hooks]
}

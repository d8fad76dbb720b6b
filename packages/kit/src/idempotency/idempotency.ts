import type { FastifyReply, FastifyRequest, onSendAsyncHookHandler, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import type { QueryExecutorProvider } from 'kysely'
import { InvalidInput } from '../errors/common-errors.ts'
import { pathOf } from '../errors/error-handling.ts'
import { awaitTurn, waitMs } from './await-turn.ts'
import { type Claim, storeAnswer } from './idempotency.repository.ts'
import { releasePatiently } from './release-patiently.ts'
import { requestHash } from './request-hash.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The right to run that this call holds on its `Idempotency-Key`. */
    idempotencyClaim: Claim | undefined
  }
}

export interface IdempotencyOptions {
  db: QueryExecutorProvider
  /** How long a repetition waits for the first call, 10 s by default. */
  waitMs?: number
}

/** Visible ASCII. */
const wellFormed = /^[\x21-\x7e]{1,255}$/

/**
 * `Idempotency-Key` on every POST of a user: the first call runs, and its answer below 500 is kept for 24 hours before
 * it goes out; repetitions get that answer and do nothing. Routes registered before this have none of it.
 */
export const idempotency = fp<IdempotencyOptions>(
  async (app, { db, ...options }) => {
    const parts = { db, runtime: app.runtime, waitMs: options.waitMs ?? waitMs }

    async function begin(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
      const key = request.headers['idempotency-key']
      if (key === undefined || request.currentUser === undefined) return undefined
      if (typeof key !== 'string' || !wellFormed.test(key)) throw malformedKey()
      const route = `${request.method} ${pathOf(request).replace(/\/+$/, '')}`
      const hash = requestHash({ route, query: request.url.slice(pathOf(request).length + 1), body: request.body })
      const turn = await awaitTurn(parts, { userId: request.currentUser.id, route, key, requestHash: hash })
      if ('claim' in turn) {
        request.idempotencyClaim = turn.claim
        return undefined
      }
      const { status, contentType, body } = turn.answer
      if (contentType !== null) reply.type(contentType)
      return reply
        .code(status)
        .header('idempotency-replayed', 'true')
        .send(body ?? undefined)
    }

    const finish: onSendAsyncHookHandler = async (request, reply, payload) => {
      const claim = request.idempotencyClaim
      if (claim === undefined) return payload
      request.idempotencyClaim = undefined
      const body = textOf(payload)
      try {
        if (reply.statusCode >= 500 || body === undefined) await releasePatiently(db, claim)
        else await storeAnswer(db, claim, { status: reply.statusCode, contentType: contentTypeOf(reply), body })
      } catch (error) {
        // The call is done, so its answer is due. The claim ends by itself.
        request.log.warn({ err: error }, 'the answer of an idempotent call could not be kept')
      }
      return payload
    }

    app.decorateRequest('idempotencyClaim', undefined)
    app.addHook('onRoute', (route) => {
      if (!methodsOf(route).includes('POST')) return
      route.preValidation = [...asList(route.preValidation), begin]
      route.onSend = [...asList(route.onSend), finish]
    })
  },
  { name: 'kit.idempotency', dependencies: ['kit.authentication'] }
)

function malformedKey(): InvalidInput {
  const message = 'must be 1 to 255 visible ASCII characters'
  return new InvalidInput(`Idempotency-Key: ${message}`, [{ field: 'Idempotency-Key', message }])
}

function methodsOf({ method }: RouteOptions): string[] {
  return [method].flat().map((name) => name.toUpperCase())
}

function asList<Hook>(hooks: Hook | Hook[] | undefined): Hook[] {
  if (hooks === undefined) return []
  return Array.isArray(hooks) ? hooks : [hooks]
}

/** The payload as text; undefined for a stream, which is never kept. */
function textOf(payload: unknown): string | null | undefined {
  if (payload === null || payload === undefined) return null
  if (Buffer.isBuffer(payload)) return payload.toString('utf8')
  return typeof payload === 'string' ? payload : undefined
}

function contentTypeOf(reply: FastifyReply): string | null {
  const type = reply.getHeader('content-type')
  return typeof type === 'string' ? type : null
}

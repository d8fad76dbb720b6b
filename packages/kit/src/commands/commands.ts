import type { Command, EventStore } from '@belay/events'
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onSendAsyncHookHandler,
  preValidationHookHandler,
  RouteOptions
} from 'fastify'
import fp from 'fastify-plugin'
import {
  type Answer,
  deletePendingAnswer,
  findAnswers,
  insertAnswer,
  type KeptAnswer,
  upsertPendingAnswer
} from './answers.repository.ts'
import { type Call, identifyCall } from './call.ts'
import { NotYetEffective } from './errors.ts'
import { answerFor, defaultWaitMs, openKeyedCall } from './open-call.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * `by-handler`: the handler keeps the answer of a call with a key in the transaction of its effect (`request.keyedCall`)
     * instead of running in a transaction of its own. For effects that many callers share a transaction for.
     */
    idempotency?: 'by-handler'
  }
  interface FastifyRequest {
    /** The call whose answer the handler of a `by-handler` route keeps; undefined without an `Idempotency-Key`. */
    keyedCall: KeyedCall | undefined
  }
}

/** A call with an `Idempotency-Key`. */
export type KeyedCall = Call & { key: string }

export interface CommandsOptions {
  /** How long a repetition waits for the first call, 10 s by default. */
  waitMs?: number
}

interface Running<DB> {
  command: Command<DB>
  call: Call | undefined
}

/**
 * The promises of every call that changes something. `Idempotency-Key` on a POST: the first call runs in one transaction
 * that its answer is kept in for 24 hours; repetitions get that answer and do nothing. And a 2xx is true: it goes out
 * once every service whose answers depend on the change has applied it; else the answer is 503 `NOT_YET_EFFECTIVE`, and
 * the same call by the same person gets the first answer when it is. Routes registered before this have none of it.
 */
export function commands<DB>(store: EventStore<DB>) {
  return fp<CommandsOptions>(
    async (app, { waitMs = defaultWaitMs }) => {
      const hooks = createHooks(store, waitMs)
      app.decorateRequest('keyedCall', undefined)
      app.addHook('onRoute', (route) => {
        if (!methodsOf(route).some((method) => changing.has(method))) return
        route.preValidation = [...asList(route.preValidation), hooks.begin, hooks.enter]
        route.onSend = [...asList(route.onSend), hooks.finish]
      })
    },
    { name: 'kit.commands', dependencies: ['kit.authentication'] }
  )
}

const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

function createHooks<DB>(store: EventStore<DB>, waitMs: number) {
  const { commands } = store
  const running = new WeakMap<FastifyRequest, Running<DB>>()

  async function begin(this: FastifyInstance, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const user = request.currentUser
    const call = user && identifyCall(request, user.id)
    if (call !== undefined && request.routeOptions.config.idempotency === 'by-handler') return beginByHandler(call)
    if (call?.key !== undefined) {
      const opened = await openKeyedCall(commands, call, waitMs)
      if ('answer' in opened) return replay(call, opened.answer)
      running.set(request, { command: opened.command, call })
      return undefined
    }
    const pending = call && answerFor(call, await findAnswers(store.db, call))
    if (pending !== undefined) return replay(call, pending)
    running.set(request, { command: commands.open(), call })
    return undefined

    async function beginByHandler(named: Call): Promise<unknown> {
      const { key } = named
      if (key === undefined) return undefined
      const answer = answerFor(named, await findAnswers(store.db, named))
      if (answer !== undefined) return replay(named, answer)
      request.keyedCall = { ...named, key }
      return undefined
    }

    async function replay(named: Call | undefined, answer: KeptAnswer): Promise<unknown> {
      if (!(await commands.confirm(answer.awaits))) throw new NotYetEffective()
      if (named !== undefined && answer.awaits.length > 0) await settle(named, answer)
      return sendKept(reply, answer, named?.key !== undefined)
    }
  }

  /** A pending answer goes out once; with a key it is kept under it from then on. */
  async function settle(call: Call, answer: KeptAnswer): Promise<void> {
    const { key } = call
    if (key !== undefined) await insertAnswer(store.db, { ...call, key }, answer, answer.awaits)
    await deletePendingAnswer(store.db, call)
  }

  const enter: preValidationHookHandler = (request, _reply, done) => {
    const entry = running.get(request)
    if (entry === undefined) done()
    else commands.run(entry.command, done)
  }

  const finish: onSendAsyncHookHandler = async (request, reply, payload) => {
    const answer = answerOf(reply, payload)
    const { keyedCall } = request
    request.keyedCall = undefined
    if (keyedCall !== undefined && isKept(answer)) await keepLate(request, keyedCall, answer)
    const entry = running.get(request)
    if (entry === undefined) return payload
    running.delete(request)
    const { command, call } = entry
    if (answer === undefined || answer.status >= 400) {
      await commands.rollback(command)
      if (call?.key !== undefined && isKept(answer)) await keepLate(request, { ...call, key: call.key }, answer)
      return payload
    }
    const awaits = await commit(command, call, answer)
    if (awaits.length === 0) return payload
    if (call !== undefined) await upsertPendingAnswer(store.db, call, answer, awaits)
    throw new NotYetEffective()
  }

  /** Commits the command with its answer; resolves to the events that are not applied everywhere yet. */
  async function commit(command: Command<DB>, call: Call | undefined, answer: Answer): Promise<readonly number[]> {
    if (command.atomic === undefined) return command.unconfirmed
    let awaits: number[] = []
    const isEffective = await commands.commit(command, async (trx, positions) => {
      awaits = positions
      if (call?.key !== undefined) await insertAnswer(trx, { ...call, key: call.key }, answer, positions)
    })
    return isEffective ? [] : awaits
  }

  /** Keeps an answer that came with no change. A call that is answered is not refused for want of a record. */
  async function keepLate(request: FastifyRequest, call: KeyedCall, answer: Answer): Promise<void> {
    try {
      await insertAnswer(store.db, call, answer, [])
    } catch (error) {
      request.log.warn({ err: error }, 'the answer of a call with an Idempotency-Key was not kept')
    }
  }

  return { begin, enter, finish }
}

/** Sends an answer that was kept, as it went out the first time. */
export function sendKept(reply: FastifyReply, { status, contentType, body }: Answer, isReplay: boolean): FastifyReply {
  if (contentType !== null) reply.type(contentType)
  if (isReplay) reply.header('idempotency-replayed', 'true')
  return reply.code(status).send(body ?? undefined)
}

/** Statuses that only hold for now: the same call may be answered differently later. */
const temporary = new Set([401, 408, 425, 429])

function isKept(answer: Answer | undefined): answer is Answer {
  return answer !== undefined && answer.status < 500 && !temporary.has(answer.status)
}

/** Undefined for a stream, which is never kept. */
function answerOf(reply: FastifyReply, payload: unknown): Answer | undefined {
  const body = textOf(payload)
  const type = reply.getHeader('content-type')
  return body === undefined
    ? undefined
    : { status: reply.statusCode, contentType: typeof type === 'string' ? type : null, body }
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

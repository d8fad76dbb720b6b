import type { Command, EventStore } from '@belay/events'
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import {
  type Answer,
  deletePendingAnswer,
  findAnswers,
  insertAnswer,
  type KeptAnswer,
  noAnswer,
  upsertPendingAnswer
} from './answers.repository.ts'
import { type Call, hasKey, identifyCall, isKeyed, type KeyedCall } from './call.ts'
import { NotYetEffective } from '../errors/common-errors.ts'
import { AnsweredMeanwhile, answerFor, openKeyedCall, openKeyedCallLate } from './open-call.ts'

/** A running command; `call` is undefined without a signed-in user. */
interface Running<DB> {
  command: Command<DB>
  call: Call | undefined
}

/** Runs before and after the handler of a call that changes something. */
export class CommandHooks<DB> {
  readonly #store: EventStore<DB>
  readonly #waitMs: number
  readonly #running = new WeakMap<FastifyRequest, Running<DB>>()

  constructor(store: EventStore<DB>, waitMs: number) {
    this.#store = store
    this.#waitMs = waitMs
  }

  /** Opens the call's command, or replies with its stored answer. */
  async begin(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const user = request.currentUser
    if (user === undefined) return this.#run(request, undefined)
    const { idempotency: configured } = request.routeOptions.config
    // The handler stores no answer, so no repetition looks for one.
    if (configured === 'by-handler' && !hasKey(request)) return undefined
    const call = identifyCall(request, user.id)
    const idempotency = typeof configured === 'function' && isKeyed(call) ? await configured(request) : configured
    const opensNow = idempotency !== 'by-handler' && idempotency !== 'late'
    if (isKeyed(call) && opensNow) {
      const opened = await openKeyedCall(this.#store.commands, call, this.#waitMs)
      if ('answer' in opened) return this.#replay(reply, call, opened.answer)
      this.#running.set(request, { command: opened.command, call })
      return undefined
    }
    const answer = answerFor(call, await findAnswers(this.#store.db, call))
    if (answer !== undefined) return this.#replay(reply, call, answer)
    if (isKeyed(call) && idempotency === 'late') {
      this.#running.set(request, { command: openKeyedCallLate(this.#store.commands, call, this.#waitMs), call })
    } else if (isKeyed(call)) request.keyedCall = call
    else this.#run(request, call)
    return undefined
  }

  /** Runs the rest of the request as part of its command. */
  enter(request: FastifyRequest, done: () => void): void {
    const running = this.#running.get(request)
    if (running === undefined) done()
    else this.#store.commands.run(running.command, done)
  }

  /** Returns a handler that responds with the stored answer when a call with the same key was answered meanwhile. */
  replaying(handler: RouteHandlerMethod): RouteHandlerMethod {
    const replay = (request: FastifyRequest, reply: FastifyReply, error: unknown) => {
      const call = this.#running.get(request)?.call
      if (!(error instanceof AnsweredMeanwhile) || call === undefined) throw error
      return this.#replay(reply, call, error.answer)
    }
    return async function (request, reply): Promise<unknown> {
      try {
        return await handler.call(this, request, reply)
      } catch (error) {
        return replay(request, reply, error)
      }
    }
  }

  /**
   * Ends the command with its answer.
   * @throws NotYetEffective when a service has not applied the change in time
   */
  async end(request: FastifyRequest, answer: Answer | undefined): Promise<void> {
    const { keyedCall } = request
    request.keyedCall = undefined
    if (keyedCall !== undefined) await this.#keepLate(request, keyedCall, answer)
    const running = this.#running.get(request)
    if (running === undefined) return
    this.#running.delete(request)
    const { command, call } = running
    if (answer === undefined || answer.status >= 400) {
      await this.#store.commands.rollback(command)
      if (isKeyed(call)) await this.#keepLate(request, call, answer)
      return
    }
    const awaits = await this.#commit(command, call, answer)
    if (awaits.length === 0) return
    if (call !== undefined) await upsertPendingAnswer(this.#store.db, call, answer, awaits)
    else if (request.awaitedAs) await upsertPendingAnswer(this.#store.db, request.awaitedAs, noAnswer, awaits)
    throw new NotYetEffective()
  }

  #run(request: FastifyRequest, call: Call | undefined): void {
    this.#running.set(request, { command: this.#store.commands.open(), call })
  }

  async #replay(reply: FastifyReply, call: Call, answer: KeptAnswer): Promise<FastifyReply> {
    await reply.request.checkAccount()
    if (!(await this.#store.commands.confirm(answer.awaits))) throw new NotYetEffective()
    if (answer.awaits.length > 0) {
      // Without a key it is sent once: the same call may be intended again. With a key it stays stored under it.
      if (isKeyed(call)) await insertAnswer(this.#store.db, call, answer, answer.awaits)
      await deletePendingAnswer(this.#store.db, call)
    }
    return sendKept(reply, answer, isKeyed(call))
  }

  /** Commits the command with its answer. Resolves to the events that are not applied everywhere yet. */
  async #commit(command: Command<DB>, call: Call | undefined, answer: Answer): Promise<readonly number[]> {
    if (command.atomic === undefined) {
      if (isKeyed(call)) await insertAnswer(this.#store.db, call, answer, command.unconfirmed)
      return command.unconfirmed
    }
    let awaits: number[] = []
    const isEffective = await this.#store.commands.commit(command, async (trx, positions) => {
      awaits = positions
      if (isKeyed(call)) await insertAnswer(trx, call, answer, positions)
    })
    return isEffective ? [] : awaits
  }

  /** Stores an answer without a change. Failing to store it does not fail the call. */
  async #keepLate(request: FastifyRequest, call: KeyedCall, answer: Answer | undefined): Promise<void> {
    if (answer === undefined || answer.status >= 500 || temporary.has(answer.status)) return
    try {
      await insertAnswer(this.#store.db, call, answer, [])
    } catch (error) {
      request.log.warn({ err: error }, 'the answer of a call with an Idempotency-Key was not kept')
    }
  }
}

/** Temporary statuses: the same call may get another one later. */
const temporary = new Set([401, 408, 425, 429])

/** Sends a stored answer, exactly as it was sent the first time. */
export function sendKept(reply: FastifyReply, { status, contentType, body }: Answer, isReplay: boolean): FastifyReply {
  if (contentType !== null) reply.type(contentType)
  if (isReplay) reply.header('idempotency-replayed', 'true')
  return reply.code(status).send(body ?? undefined)
}

import { AsyncLocalStorage } from 'node:async_hooks'
import type { QuestionDefinition, QuestionInput, QuestionOutput } from '@belay/contracts'
import { headers, type Msg, nuid } from '@nats-io/nats-core'
import type { Logger } from 'pino'
import type { Connection } from '../connection/connection.ts'
import type { AnswerContext, BusCounters } from '../types.ts'
import { ContractViolation } from '../errors.ts'
import type { BusNeighbours } from '../neighbours.ts'
import {
  asTypedError,
  BUDGET_HEADER,
  ERROR_HEADER,
  errorOf,
  internalError,
  REQUEST_ID_HEADER,
  type RpcError,
  unavailableError
} from './rpc-wire.ts'
import { conforms, describeFaults } from '../schema-check.ts'
import type { StallWatch } from './stall-watch.ts'
import type { StandingSubscription } from '../connection/standing-subscription.ts'

interface AnswersParts {
  connection: Connection
  counters: BusCounters
  log: Logger
  /** For a question that came without a budget. */
  timeoutMs: number
  stalls: StallWatch
  isTransient: (error: unknown) => boolean
  neighbours: BusNeighbours | undefined
}

/**
 * Answers a question that another service of this process asks, with the same checks and errors as one that came through
 * NATS. Neither side may change what is handed over.
 */
export type HereAnswer = <Question extends QuestionDefinition>(
  question: Question,
  input: unknown,
  context: AnswerContext
) => Promise<QuestionOutput<Question>>

type Handler<Question extends QuestionDefinition> = (
  input: QuestionInput<Question>,
  context: AnswerContext
) => Promise<QuestionOutput<Question>>

/** The questions this process answers. */
export class Answers {
  readonly #parts: AnswersParts
  readonly #subscriptions: StandingSubscription[] = []
  readonly #here = new Map<string, HereAnswer>()
  readonly #inFlight = new Set<Promise<unknown>>()

  constructor(parts: AnswersParts) {
    this.#parts = parts
  }

  /** Answers from now on, whenever there is a connection. Resolves once the server knows of it. */
  async add<Question extends QuestionDefinition>(question: Question, handler: Handler<Question>): Promise<void> {
    const { connection } = this.#parts
    const subscription = connection.subscribe(question.subject, question.service, (message) => {
      void this.#track(this.#respond(question, handler, message))
    })
    this.#subscriptions.push(subscription)
    this.#addHere(question, handler)
    // Without a connection there is nothing to wait for: the subscription is made when it comes.
    await connection
      .client()
      ?.nc.flush()
      .catch(() => undefined)
  }

  /** Takes no more questions and resolves when those taken are answered. */
  async close(): Promise<void> {
    const answers = this.#parts.neighbours?.answers
    for (const [subject, answer] of this.#here) if (answers?.get(subject) === answer) answers.delete(subject)
    await Promise.all(this.#subscriptions.map((subscription) => subscription.drain()))
    await Promise.allSettled(this.#inFlight)
  }

  #addHere<Question extends QuestionDefinition>(question: Question, handler: Handler<Question>): void {
    // A command of the service that asks is none of this service, which may have one of its own.
    const outside = AsyncLocalStorage.snapshot()
    const answer: HereAnswer = (asked, input, context) =>
      this.#track(outside(() => this.#answerHere(question, handler, { asked, input, context })))
    this.#here.set(question.subject, answer)
    this.#parts.neighbours?.answers.set(question.subject, answer)
  }

  async #answerHere<Question extends QuestionDefinition, Asked extends QuestionDefinition>(
    question: Question,
    handler: Handler<Question>,
    { asked, input, context }: { asked: Asked; input: unknown; context: AnswerContext }
  ): Promise<QuestionOutput<Asked>> {
    if (!conforms<Question['input']>(question.input, input)) {
      throw new ContractViolation(`input of ${question.subject}: ${describeFaults(question.input, input)}`)
    }
    // The asker goes on first, as if the question had to travel.
    await Promise.resolve()
    try {
      return checkOutput<Asked>(asked.output, (await handler(input, context)) ?? null)
    } catch (error) {
      throw errorOf(this.#errorFor(error, this.#logFor(question, context)), question.subject)
    }
  }

  #track<Answer>(answering: Promise<Answer>): Promise<Answer> {
    this.#inFlight.add(answering)
    const forget = () => this.#inFlight.delete(answering)
    answering.then(forget, forget)
    return answering
  }

  #logFor(question: QuestionDefinition, { requestId }: AnswerContext): () => Logger {
    return () => this.#parts.log.child({ question: question.subject, request_id: requestId })
  }

  /** Never rejects. */
  async #respond<Question extends QuestionDefinition>(
    question: Question,
    handler: Handler<Question>,
    message: Msg
  ): Promise<void> {
    const context = this.#readContext(message)
    // While this process stood still the question may have waited in its socket all along.
    if (context.budgetMs <= this.#parts.stalls.longestMs()) {
      this.#parts.counters.answersExpired += 1
      return
    }
    const log = this.#logFor(question, context)
    try {
      message.respond(await answerTo(question, handler, message, context))
    } catch (error) {
      sendError(message, this.#errorFor(error, log), log)
    }
  }

  #readContext({ headers: head }: Msg): AnswerContext {
    const budgetMs = Number(head?.get(BUDGET_HEADER) || Number.NaN)
    return {
      budgetMs: Number.isFinite(budgetMs) ? budgetMs : this.#parts.timeoutMs,
      requestId: head?.get(REQUEST_ID_HEADER) || nuid.next()
    }
  }

  #errorFor(error: unknown, log: () => Logger): RpcError {
    if (this.#parts.isTransient(error)) {
      log().warn({ err: error }, 'question cannot be answered now')
      return unavailableError
    }
    const typed = asTypedError(error)
    if (typed !== undefined) return typed
    log().error({ err: error }, 'question failed')
    return internalError
  }
}

async function answerTo<Question extends QuestionDefinition>(
  question: Question,
  handler: Handler<Question>,
  message: Msg,
  context: AnswerContext
): Promise<string> {
  const input: unknown = message.json()
  if (!conforms<Question['input']>(question.input, input)) {
    throw new ContractViolation(`input: ${describeFaults(question.input, input)}`)
  }
  return JSON.stringify(checkOutput<Question>(question.output, (await handler(input, context)) ?? null))
}

function checkOutput<Question extends QuestionDefinition>(
  schema: Question['output'],
  output: unknown
): QuestionOutput<Question> {
  if (conforms<Question['output']>(schema, output)) return output
  throw new ContractViolation(`output: ${describeFaults(schema, output)}`)
}

function sendError(message: Msg, error: RpcError, log: () => Logger): void {
  const head = headers()
  head.set(ERROR_HEADER, error.kind)
  try {
    message.respond(JSON.stringify(error.body), { headers: head })
  } catch (failure) {
    log().warn({ err: failure }, 'answer could not be sent')
  }
}

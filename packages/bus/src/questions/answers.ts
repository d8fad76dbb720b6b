import type { QuestionDefinition, QuestionInput, QuestionOutput } from '@belay/contracts'
import { headers, type Msg, nuid } from '@nats-io/nats-core'
import type { Logger } from 'pino'
import type { Connection } from '../connection/connection.ts'
import type { BusCounters } from '../types.ts'
import { ContractViolation } from '../errors.ts'
import {
  asTypedError,
  BUDGET_HEADER,
  ERROR_HEADER,
  internalError,
  REQUEST_ID_HEADER,
  type RpcError,
  unavailableError
} from './rpc-wire.ts'
import { conforms, describeFaults } from '../schema-check.ts'
import type { StallWatch } from './stall-watch.ts'
import type { StandingSubscription } from '../connection/standing-subscription.ts'
import type { AnswerContext } from '../types.ts'

interface AnswersParts {
  connection: Connection
  counters: BusCounters
  log: Logger
  /** For a question that came without a budget. */
  timeoutMs: number
  stalls: StallWatch
  isTransient: (error: unknown) => boolean
}

type Handler<Question extends QuestionDefinition> = (
  input: QuestionInput<Question>,
  context: AnswerContext
) => Promise<QuestionOutput<Question>>

/** The questions this process answers. */
export class Answers {
  readonly #parts: AnswersParts
  readonly #subscriptions: StandingSubscription[] = []
  readonly #inFlight = new Set<Promise<void>>()

  constructor(parts: AnswersParts) {
    this.#parts = parts
  }

  /** Answers from now on, whenever there is a connection. Resolves once the server knows of it. */
  async add<Question extends QuestionDefinition>(question: Question, handler: Handler<Question>): Promise<void> {
    const { connection } = this.#parts
    const subscription = connection.subscribe(question.subject, question.service, (message) => {
      const answering = this.#respond(question, handler, message)
      this.#inFlight.add(answering)
      void answering.finally(() => this.#inFlight.delete(answering))
    })
    this.#subscriptions.push(subscription)
    // Without a connection there is nothing to wait for: the subscription is made when it comes.
    await connection
      .client()
      ?.nc.flush()
      .catch(() => undefined)
  }

  /** Takes no more questions and resolves when those taken are answered. */
  async close(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.drain()))
    await Promise.all(this.#inFlight)
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
    const log = (): Logger => this.#parts.log.child({ question: question.subject, request_id: context.requestId })
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
  const output = (await handler(input, context)) ?? null
  if (!conforms(question.output, output)) {
    throw new ContractViolation(`output: ${describeFaults(question.output, output)}`)
  }
  return JSON.stringify(output)
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

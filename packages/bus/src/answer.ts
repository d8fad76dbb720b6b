import type { QuestionDefinition, QuestionInput, QuestionOutput } from '@belay/contracts'
import { headers, type Msg, nuid } from '@nats-io/nats-core'
import type { Logger } from 'pino'
import type { Connection } from './connection.ts'
import type { BusCounters } from './counters.ts'
import { ContractViolation } from './errors.ts'
import {
  asTypedError,
  DEADLINE_HEADER,
  ERROR_HEADER,
  internalError,
  REQUEST_ID_HEADER,
  type RpcError,
  unavailableError
} from './rpc-wire.ts'
import { conforms, describeFaults } from './schema-check.ts'
import type { AnswerContext } from './types.ts'

export interface AnswerParts {
  connection: Connection
  counters: BusCounters
  log: Logger
  now: () => number
  /** Deadline of a question that came without one. */
  timeoutMs: number
  isTransient: (error: unknown) => boolean
}

type Handler<Question extends QuestionDefinition> = (
  input: QuestionInput<Question>,
  context: AnswerContext
) => Promise<QuestionOutput<Question>>

/** Answers a question from now on, whenever there is a connection. Resolves once the server knows of it. */
export async function answer<Question extends QuestionDefinition>(
  parts: AnswerParts,
  question: Question,
  handler: Handler<Question>
): Promise<void> {
  parts.connection.subscribe(question.subject, question.service, (message) => {
    void respond(parts, question, handler, message)
  })
  // Without a connection there is nothing to wait for: the subscription is made when it comes.
  await parts.connection.client()?.nc.flush().catch(() => undefined)
}

async function respond<Question extends QuestionDefinition>(
  parts: AnswerParts,
  question: Question,
  handler: Handler<Question>,
  message: Msg
): Promise<void> {
  const context = readContext(parts, message)
  const log = parts.log.child({ question: question.subject, request_id: context.requestId })
  if (context.deadline.getTime() <= parts.now()) {
    parts.counters.answersExpired += 1
    log.debug('question arrived past its deadline')
    return
  }
  try {
    const payload = await work(question, handler, message, context)
    message.respond(payload)
  } catch (error) {
    sendError(message, errorFor(parts, log, error), log)
  }
}

async function work<Question extends QuestionDefinition>(
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

function readContext(parts: AnswerParts, { headers: head }: Msg): AnswerContext {
  const deadline = Number(head?.get(DEADLINE_HEADER) || parts.now() + parts.timeoutMs)
  return { deadline: new Date(deadline), requestId: head?.get(REQUEST_ID_HEADER) || nuid.next() }
}

function errorFor(parts: AnswerParts, log: Logger, error: unknown): RpcError {
  if (parts.isTransient(error)) {
    log.warn({ err: error }, 'question cannot be answered now')
    return unavailableError
  }
  const typed = asTypedError(error)
  if (typed !== undefined) return typed
  log.error({ err: error }, 'question failed')
  return internalError
}

function sendError(message: Msg, error: RpcError, log: Logger): void {
  const head = headers()
  head.set(ERROR_HEADER, error.kind)
  try {
    message.respond(JSON.stringify(error.body), { headers: head })
  } catch (failure) {
    log.warn({ err: failure }, 'answer could not be sent')
  }
}

import { randomBytes } from 'node:crypto'
import { answersTo, inboxOf, type QuestionDefinition, type QuestionInput, type QuestionOutput } from '@belay/contracts'
import { errors, headers, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core'
import type { Connection } from '../connection/connection.ts'
import type { BusCounters } from '../types.ts'
import { BusDisconnected, BusUnavailable, ContractViolation, RemoteError, TimedOut } from '../errors.ts'
import type { BusNeighbours } from '../neighbours.ts'
import { ReplyBox, uniqueToken } from '../connection/reply-box.ts'
import type { HereAnswer } from './answers.ts'
import { BUDGET_HEADER, ERROR_HEADER, REQUEST_ID_HEADER, RpcErrorBody } from './rpc-wire.ts'
import { conforms, describeFaults } from '../schema-check.ts'
import type { AskOptions } from '../types.ts'

export interface AskParts {
  connection: Connection
  counters: BusCounters
  sent: Questions
  neighbours: BusNeighbours | undefined
  timeoutMs: number
}

/** Asks a question and waits for its one answer, from this process if it answers the question itself. */
export async function ask<Question extends QuestionDefinition>(
  parts: AskParts,
  question: Question,
  input: QuestionInput<Question>,
  options: AskOptions = {}
): Promise<QuestionOutput<Question>> {
  const answer = parts.neighbours?.answers.get(question.subject)
  if (answer !== undefined) return askHere(parts, question, { answer, input, options })
  if (!conforms(question.input, input)) {
    throw new ContractViolation(`input of ${question.subject}: ${describeFaults(question.input, input)}`)
  }
  const reply = await request(parts, question, JSON.stringify(input ?? null), options)
  const output = parse(reply, question.subject)
  if (reply.headers?.has(ERROR_HEADER) === true) throw remoteError(reply.headers.get(ERROR_HEADER), output, question)
  if (!conforms<Question['output']>(question.output, output)) {
    throw new ContractViolation(`output of ${question.subject}: ${describeFaults(question.output, output)}`)
  }
  return output
}

function askHere<Question extends QuestionDefinition>(
  parts: AskParts,
  question: Question,
  { answer, input, options }: { answer: HereAnswer; input: QuestionInput<Question>; options: AskOptions }
): Promise<QuestionOutput<Question>> {
  const timeoutMs = timeoutOf(parts, question, options)
  const context = { budgetMs: Math.ceil(timeoutMs), requestId: options.requestId ?? uniqueToken() }
  const { promise, resolve, reject } = Promise.withResolvers<QuestionOutput<Question>>()
  const timer = setTimeout(() => {
    parts.counters.askTimeouts += 1
    reject(new BusUnavailable(`no answer from ${question.subject}`, { cause: new TimedOut(timeoutMs) }))
  }, timeoutMs)
  void answer(question, input, context).then(resolve, reject)
  return promise.finally(() => clearTimeout(timer))
}

/** @throws BusUnavailable when no time is left */
function timeoutOf(
  parts: AskParts,
  { subject }: QuestionDefinition,
  { timeoutMs = parts.timeoutMs }: AskOptions
): number {
  if (timeoutMs <= 0) throw new BusUnavailable(`no time left to ask ${subject}`)
  return timeoutMs
}

async function request(
  parts: AskParts,
  question: QuestionDefinition,
  payload: string,
  options: AskOptions
): Promise<Msg> {
  const { subject } = question
  const client = parts.connection.client()
  if (client === undefined) throw new BusDisconnected()
  const timeout = timeoutOf(parts, question, options)
  const head = headers()
  head.set(BUDGET_HEADER, String(Math.ceil(timeout)))
  if (options.requestId !== undefined) head.set(REQUEST_ID_HEADER, options.requestId)
  try {
    return await parts.sent.send(client.nc, question, { payload, headers: head }, timeout)
  } catch (error) {
    if (error instanceof TimedOut) parts.counters.askTimeouts += 1
    if (error instanceof errors.InvalidArgumentError) {
      throw new ContractViolation(`question does not fit into a message: ${subject}`, { cause: error })
    }
    throw new BusUnavailable(`no answer from ${subject}`, { cause: error })
  }
}

function parse(reply: Msg, subject: string): unknown {
  try {
    return reply.json()
  } catch (error) {
    throw new ContractViolation(`answer of ${subject} is not JSON`, { cause: error })
  }
}

function remoteError(kind: string, body: unknown, question: QuestionDefinition): Error {
  if (kind === 'unavailable') return new BusUnavailable(`${question.subject} cannot answer now`)
  if (!conforms(RpcErrorBody, body)) return new ContractViolation(`error of ${question.subject} is malformed`)
  return new RemoteError({ code: body.code, statusCode: body.status_code, message: body.message })
}

/** Random bytes in a reply subject: enough that it cannot be guessed. */
const randomLength = 16

/**
 * Sends questions. Each is answered on a subject of its own, on which only the answering service may publish and only
 * this process's login may listen; its last part cannot be guessed.
 */
export class Questions {
  readonly #name: string
  readonly #process = uniqueToken()
  readonly #replies: ReplyBox

  /** `name` is that of the process's login. */
  constructor(connection: Connection, name: string) {
    this.#name = name
    this.#replies = new ReplyBox(connection, `${inboxOf(name)}.*.${this.#process}.*`)
  }

  /** Rejects as {@link ReplyBox.call}. */
  send(
    nc: NatsConnection,
    question: Pick<QuestionDefinition, 'service' | 'subject'>,
    message: { payload: string; headers: MsgHdrs },
    timeoutMs: number
  ): Promise<Msg> {
    const to = answersTo(this.#name, question.service)
    const reply = `${to}.${this.#process}.${randomBytes(randomLength).toString('base64url')}`
    return this.#replies.call(nc, { ...message, subject: question.subject, reply }, timeoutMs)
  }
}

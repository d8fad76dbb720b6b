import { BusUnavailable, RemoteError } from '@belay/bus'
import type { Door } from '@belay/contracts'
import { isDatabaseUnavailable } from '@belay/db'
import type { FastifySchemaValidationError } from 'fastify'
import { describeFaults } from '../validation/describe-faults.ts'
import { type AppError, type AppErrorConstructor, isAppError } from './app-error.ts'
import {
  BadRequest,
  InternalError,
  InvalidInput,
  InvalidJson,
  NotFound,
  PayloadTooLarge,
  ServiceUnavailable,
  UnsupportedMediaType
} from './common-errors.ts'

/** The public part of an error, the same for every front door. */
export interface Answer {
  status: number
  code: string
  /** A human-readable sentence. */
  detail: string
  headers: Readonly<Record<string, string>>
  members: Readonly<Record<string, unknown>>
  /** Whether the error is unexpected and must be logged. */
  unexpected: boolean
}

/** The message of a route for a malformed id in its path. */
export type NotFoundError = new () => Error & { code: string; statusCode: number }

/** Turns any thrown value into what may be published about it. */
export function toAnswer(error: unknown, door: Door, notFound: NotFoundError = NotFound): Answer {
  if (isAppError(error)) return answerOf(error, door)
  if (isUnavailable(error)) return answerOf(new ServiceUnavailable(), door)
  if (error instanceof RemoteError && error.statusCode < 500) return remoteAnswer(error)
  if (isValidationError(error)) return answerOf(invalid(error, door, notFound), door)
  const known = knownError(error)
  if (known !== undefined) return answerOf(known, door)
  return { ...answerOf(new InternalError(), door), unexpected: true }
}

function answerOf(error: Error & { code: string; statusCode: number }, door: Door): Answer {
  const extras = isAppError(error) ? error.extras : undefined
  const status = extras?.statusIn?.(door) ?? error.statusCode
  // Every response that asks the caller to retry includes when.
  const retry: Record<string, string> = status === 503 ? { 'retry-after': '1' } : {}
  return {
    status,
    code: error.code,
    detail: error.message,
    headers: { ...retry, ...extras?.headers },
    members: extras?.members ?? {},
    unexpected: false
  }
}

function remoteAnswer({ statusCode, code, message }: RemoteError): Answer {
  return { status: statusCode, code, detail: message, headers: {}, members: {}, unexpected: false }
}

/** Returns whether retrying later helps: the database or the bus is unavailable. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof BusUnavailable || isDatabaseUnavailable(error)) return true
  return (error instanceof RemoteError || isAppError(error)) && error.statusCode === 503
}

interface ValidationError extends Error {
  validation: FastifySchemaValidationError[]
  validationContext?: string
}

function isValidationError(error: unknown): error is ValidationError {
  return error instanceof Error && 'validation' in error && Array.isArray(error.validation)
}

function invalid(error: ValidationError, door: Door, notFound: NotFoundError) {
  if (error.validationContext === 'params' && door.malformedId === 'not-found') return new notFound()
  const faults = describeFaults(error.validation)
  const [first] = faults
  return new InvalidInput(first === undefined ? 'Invalid input' : `${first.field}: ${first.message}`, faults)
}

const fastifyErrors: Readonly<Record<string, AppErrorConstructor>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: PayloadTooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: UnsupportedMediaType,
  FST_ERR_CTP_INVALID_JSON_BODY: InvalidJson,
  FST_ERR_NOT_FOUND: NotFound,
  FST_ERR_MAX_PARAM_LENGTH: NotFound
}

/** Fastify's own errors for a bad request, with our messages. Other errors with a status are not meant for the public. */
function knownError(error: unknown): AppError | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined
  const Known = fastifyErrors[error.code]
  if (Known !== undefined) return new Known()
  const isBadRequest = 'statusCode' in error && error.statusCode === 400 && error.code.startsWith('FST_ERR_')
  return isBadRequest ? new BadRequest() : undefined
}

import { type Static, Type } from 'typebox'
import { BusUnavailable, RemoteError } from '../errors.ts'

/**
 * How many milliseconds the asker waits for the answer, counted from its sending. A duration, because the clocks of two
 * hosts may differ by minutes: each end counts on its own.
 */
export const BUDGET_HEADER = 'Belay-Budget'
export const REQUEST_ID_HEADER = 'Belay-Request-Id'
/** Present on answers that are errors: `typed` (thrown on purpose), `unavailable` or `internal`. */
export const ERROR_HEADER = 'Belay-Error'

export const RpcErrorBody = Type.Object({
  code: Type.String(),
  status_code: Type.Integer({ minimum: 400, maximum: 599 }),
  message: Type.String()
})

export type RpcErrorKind = 'typed' | 'unavailable' | 'internal'
export type RpcError = { kind: RpcErrorKind; body: Static<typeof RpcErrorBody> }

/** Does not reveal the cause, which is in the answering service's log. */
export const internalError: RpcError = {
  kind: 'internal',
  body: { code: 'INTERNAL_ERROR', status_code: 500, message: 'Internal error' }
}

export const unavailableError: RpcError = {
  kind: 'unavailable',
  body: { code: 'SERVICE_UNAVAILABLE', status_code: 503, message: 'Service unavailable' }
}

/** Errors thrown on purpose carry a code and an HTTP status and a message for the public; others carry nothing out. */
export function asTypedError(error: unknown): RpcError | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return undefined
  const { code, statusCode, message } = error
  if (typeof code !== 'string' || typeof statusCode !== 'number') return undefined
  if (!Number.isInteger(statusCode) || statusCode < 400 || statusCode > 599) return undefined
  return { kind: 'typed', body: { code, status_code: statusCode, message } }
}

/** Returns what the asker of a question gets thrown. */
export function errorOf({ kind, body }: RpcError, subject: string): Error {
  if (kind === 'unavailable') return new BusUnavailable(`${subject} cannot answer now`)
  return new RemoteError({ code: body.code, statusCode: body.status_code, message: body.message })
}

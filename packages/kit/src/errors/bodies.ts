import { STATUS_CODES } from 'node:http'
import type { Dialect } from '@belay/contracts'
import type { Answer } from './to-answer.ts'

/** The body of an error and its media type. */
export interface ErrorBody {
  contentType: string
  body: Record<string, unknown>
}

/** Says an error as the front door does: a problem document (RFC 9457), or the failure envelope of VibesMatch. */
export function errorBody(
  answer: Answer,
  dialect: Dialect,
  occurrence: { path: string; requestId: string }
): ErrorBody {
  if (dialect === 'vibesmatch') {
    const code = vibesMatchCodes[answer.code] ?? answer.code
    return {
      contentType: 'application/json; charset=utf-8',
      body: { success: false, error: { code, message: answer.detail } }
    }
  }
  return {
    contentType: 'application/problem+json; charset=utf-8',
    body: {
      // RFC 9457: with `about:blank` the title is that of the status, and `code` tells problems apart.
      type: 'about:blank',
      title: STATUS_CODES[answer.status] ?? 'Error',
      status: answer.status,
      detail: answer.detail,
      instance: occurrence.path,
      code: answer.code,
      request_id: occurrence.requestId,
      ...answer.members
    }
  }
}

/** The VibesMatch API has one code for every kind of invalid input. */
const vibesMatchCodes: Readonly<Record<string, string>> = {
  INVALID_JSON: 'VALIDATION_ERROR',
  BAD_REQUEST: 'VALIDATION_ERROR'
}

import { isUuid } from '@belay/contracts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { InvalidInput } from '../errors/common-errors.ts'
import { requestUrl } from '../server/request-target.ts'

/**
 * A position in a list: the sort key, and the id as a tie-breaker. It stays valid when the item that it was taken from
 * moves or is deleted.
 */
export interface Position {
  /** The sort key, a time as RFC 3339; null for an item without one, or in lists sorted by id alone. */
  key: string | null
  id: string
}

/** The cursors of one list: positions as opaque text. */
export interface Positions {
  encode(position: Position): string
  /** Returns the position; undefined without a cursor. Throws InvalidInput for text that is not a cursor of this list. */
  decode(cursor: string | undefined): Position | undefined
}

/** Cursors for a list of this name, whose sort keys are times or texts. */
export function positionsOf(list: string, keys: 'time' | 'text'): Positions {
  return {
    encode: ({ key, id }) => Buffer.from(JSON.stringify([list, key, id])).toString('base64url'),
    decode(cursor) {
      if (cursor === undefined) return undefined
      const [name, key, id, ...rest] = parse(cursor)
      if (name !== list || rest.length > 0 || !isUuid(id) || !isKey(key, keys)) throw notACursor()
      return { key, id }
    }
  }
}

/** Sets a `Link` header to the next page: lists that are bare arrays have no other place for it. */
export function linkNextPage(request: FastifyRequest, reply: FastifyReply, cursor: string | undefined): void {
  if (cursor === undefined) return
  const url = requestUrl(request)
  url.searchParams.set('cursor', cursor)
  void reply.header('link', `<${url.href}>; rel="next"`)
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

function isKey(key: unknown, keys: 'time' | 'text'): key is string | null {
  if (key === null) return true
  if (typeof key !== 'string' || key.includes('\0') || !key.isWellFormed()) return false
  return keys === 'text' || isTime(key)
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) && !Number.isNaN(Date.parse(text)) && text >= '0001'
}

function notACursor(): InvalidInput {
  const message = 'must be a cursor of this list'
  return new InvalidInput(`cursor: ${message}`, [{ field: 'cursor', message }])
}

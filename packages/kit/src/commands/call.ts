import { createHash } from 'node:crypto'
import { isUuid } from '@belay/contracts'
import type { FastifyRequest } from 'fastify'
import { InvalidInput } from '../errors/common-errors.ts'

/** The identity of a call: the same person, route and input make the same call. */
export interface Call {
  userId: string
  /** The method and the pattern of the matched route with its decoded parameters, ids in lower case. */
  route: string
  /** A hash of the query and body, independent of how the JSON was formatted. */
  requestHash: string
  /** The `Idempotency-Key`, if a POST has one. */
  key: string | undefined
}

/** A call with an `Idempotency-Key`. */
export type KeyedCall = Call & { key: string }

export function isKeyed(call: Call | undefined): call is KeyedCall {
  return call?.key !== undefined
}

/** Returns whether a call has an `Idempotency-Key`, well-formed or not. */
export function hasKey({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  return headers['idempotency-key'] !== undefined
}

/** Visible ASCII. */
const wellFormed = /^[\x21-\x7e]{1,255}$/

/**
 * Returns the identity of a call by a user.
 * @throws InvalidInput for a malformed `Idempotency-Key`
 */
export function identifyCall(request: FastifyRequest, userId: string): Call {
  const { method, routeOptions, params, query, body } = request
  const input = routeOptions.config.idempotency === 'by-route' ? undefined : body
  const route = `${method} ${routeOptions.url ?? ''} ${canonical(withLowercaseIds(params))}`
  return { userId, route, requestHash: hash(`${canonical(query)}\n${canonical(input)}`), key: keyOf(request) }
}

function keyOf({ method, headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key']
  if (method !== 'POST' || key === undefined) return undefined
  if (typeof key === 'string' && wellFormed.test(key)) return key
  const message = 'must be 1 to 255 visible ASCII characters'
  throw new InvalidInput(`Idempotency-Key: ${message}`, [{ field: 'Idempotency-Key', message }])
}

function withLowercaseIds(params: unknown): unknown {
  if (!isObject(params)) return params
  const entries = Object.entries(params).map(([name, value]: [string, unknown]) => {
    const lower = typeof value === 'string' ? value.toLowerCase() : value
    return [name, isUuid(lower) ? lower : value]
  })
  return Object.fromEntries(entries)
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

/** Returns JSON with the members of every object sorted. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isObject(inner) ? sorted(inner) : inner)) ?? ''
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import type { TSchema } from 'typebox'
import type { DatabaseService } from '../services.ts'
import type { SocketDescription, SocketProtocol } from './sockets.ts'

/** What a client may learn about an error; a front door turns it into a response body. */
export interface PublicError {
  status: number
  /** Of the status, such as "Not Found". */
  title: string
  code: string
  /** A human-readable sentence. */
  detail: string
  /** The path of the request, without its query. */
  path: string
  requestId: string
  /** Further members of the body, such as the `errors` of invalid input. */
  members: Readonly<Record<string, unknown>>
}

/** How a front door writes errors. */
export interface ErrorFormat {
  mediaType: string
  schema: TSchema
  /** The schema's name in OpenAPI documents. */
  schemaName: string
  body(error: PublicError): Record<string, unknown>
}

/**
 * A front door: one of the APIs that Belay offers, and everything services and the gateway need to know about its dialect.
 * docs/adding-a-front-door.md explains how to add one.
 */
export interface Door {
  readonly name: string
  /**
   * The paths that belong to this door, each with everything beneath it, and the service that serves them; null: none
   * does, and the 404 is in this dialect. `:name` stands for one segment. The most specific path wins.
   */
  readonly routes: Readonly<Record<string, DatabaseService | null>>
  /** The status of invalid input. */
  readonly invalidInput: 400 | 422
  /** How a malformed id in a path is reported. */
  readonly malformedId: 'not-found' | 'invalid-input'
  /** The status of an `Idempotency-Key` that was used for another request. */
  readonly idempotencyKeyReused: 400 | 422
  readonly errors: ErrorFormat
  /** The groups of the API reference that its operations belong to. */
  readonly tags: readonly { name: string; description: string }[]
  /** What the realtime gateway serves for this door; the addresses belong to it, each with everything beneath it. */
  readonly sockets?: readonly SocketDescription[]
}

/** Returns the function that finds the door of a path: the first one that the path belongs to, or the fallback. */
export function doorFinder(doors: readonly Door[], fallback: Door): (path: string) => Door {
  const owners = doors.map((door) => ({ door, owns: patternOf(pathsOf(door)) }))
  return (path) => owners.find(({ owns }) => owns.test(path))?.door ?? fallback
}

function pathsOf({ routes, sockets = [] }: Door): string[] {
  return [...Object.keys(routes), ...sockets.map(pathOf)]
}

/** Returns the address of a socket as a path pattern. */
function pathOf({ address }: SocketDescription): string {
  return address.replaceAll(/\{(\w+)\}/g, ':$1')
}

function patternOf(paths: readonly string[]): RegExp {
  const alternatives = paths.map((path) => path.replaceAll('.', String.raw`\.`).replaceAll(/:[^/]+/g, '[^/]+'))
  return new RegExp(`^(?:${alternatives.join('|')})(?:/|$)`)
}

/** One path pattern and the service that serves it. */
export interface Route {
  path: string
  service: DatabaseService
}

/** The routing table of some doors: for every path that a service serves, the path itself and `/*` for those beneath. */
export function routesOf(doors: readonly Door[]): Route[] {
  return doors
    .flatMap(({ routes }) => Object.entries(routes))
    .flatMap(([path, service]) =>
      service === null ? [] : withPathsBeneath(path).map((each) => ({ path: each, service }))
    )
}

/** One path pattern of a socket and the protocol spoken there. */
export interface SocketRoute {
  path: string
  protocol: SocketProtocol
}

/** The same for the sockets of some doors. */
export function socketRoutesOf(doors: readonly Door[]): SocketRoute[] {
  return doors
    .flatMap(({ sockets = [] }) => sockets)
    .flatMap((socket) => withPathsBeneath(pathOf(socket)).map((path) => ({ path, protocol: socket.protocol })))
}

function withPathsBeneath(path: string): string[] {
  return [path, `${path}/*`]
}

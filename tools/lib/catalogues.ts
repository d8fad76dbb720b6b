import { join } from 'node:path'
import { busServices, durableOf, eventCatalogue } from '@belay/contracts'
import type { Subscriber } from '@belay/events'
import { accountSubscribers, blockSubscribers } from '@belay/people-projection'
import { type Expression, parseSync, Visitor } from 'oxc-parser'
import { list, read, root } from './repository.ts'

const contracts: Record<string, unknown> = await import('@belay/contracts')

/** What a call like `name('A', 'b', 3)` says, for every call of `name` in a file. */
function callsOf(path: string, name: string): unknown[][] {
  const calls: unknown[][] = []
  new Visitor({
    CallExpression(node) {
      if (node.callee.type !== 'Identifier' || node.callee.name !== name) return
      calls.push(node.arguments.map((argument) => (argument.type === 'Literal' ? argument.value : undefined)))
    }
  }).visit(parseSync(path, read(path)).program)
  return calls
}

/** An error with a code. */
export interface ErrorDefinition {
  code: string
  /** May hold `%s` for what differs. */
  message: string
  status: number
  path: string
}

/** Every error with a code: services define theirs in `errors.ts`, kit those that all services share. */
export function errorDefinitions(): ErrorDefinition[] {
  return list('services/*/src/**/*.ts', 'packages/kit/src/**/*.ts').flatMap((path) =>
    callsOf(path, 'appError').flatMap(([code, message, status]) =>
      typeof code === 'string' && typeof status === 'number' ? [{ code, message: String(message), status, path }] : []
    )
  )
}

/** Whether a test of the error's service, or one of the whole system, expects its code or the message it begins with. */
export function isExpectedByTests({ code, message, path }: ErrorDefinition): boolean {
  const owner = path.startsWith('packages/') ? '{packages,services}/*' : path.split('/').slice(0, 2).join('/')
  const [beginning = ''] = message.split('%')
  return list(`${owner}/test/**/*.ts`, 'services/gateway/test/**/*.ts', 'e2e/**/*.ts').some((test) => {
    const text = read(test).replaceAll(String.raw`\'`, "'")
    return new RegExp(`\\b${code}\\b`).test(text) || (beginning.length >= 8 && text.includes(beginning))
  })
}

/** One durable consumer: what it is called, whose it is, the file that it stands in and the event it is for. */
export interface Durable {
  durable: string
  service: string
  file: string
  event: string
}

/** All durable consumers, read from the subscribers' files. */
export function durables(): Durable[] {
  return list('services/*/src/subscribers/*.ts').flatMap((path) => {
    const [, service = '', , , file = ''] = path.replace(/\.ts$/, '').split('/')
    const found: Durable[] = []
    new Visitor({
      ObjectExpression(node) {
        const values = new Map(
          node.properties.flatMap((one) =>
            one.type === 'Property' && one.key.type === 'Identifier' ? [[one.key.name, one.value] as const] : []
          )
        )
        const durable = values.get('durable')
        const event = values.get('event')
        if (durable?.type !== 'Literal' || event?.type !== 'Identifier') return
        found.push({ durable: String(durable.value), service, file, event: event.name })
      },
      CallExpression({ callee, arguments: [event] }) {
        if (callee.type !== 'Identifier' || callee.name !== 'subscriberOf' || event?.type !== 'Identifier') return
        const definition = eventCatalogue.find((one) => one === contracts[event.name])
        const owner = busServices.find((one) => one === service)
        if (definition === undefined || owner === undefined) return
        found.push({ durable: durableOf(owner, definition), service, file, event: event.name })
      }
    }).visit(parseSync(path, read(path)).program)
    return [...found, ...projected(path, service)]
  })
}

const projecting = ['sessions', 'chat', 'notifications'] as const
const projections: Record<string, (owner: (typeof projecting)[number]) => Subscriber<unknown>[]> = {
  accountSubscribers,
  blockSubscribers
}

/** The durable consumers that a file takes from packages/people-projection. */
function projected(path: string, service: string): Durable[] {
  return Object.entries(projections).flatMap(([name, subscribersOf]) => {
    const owners = callsOf(path, name).flatMap(([owner]) => projecting.find((one) => one === owner) ?? [])
    const subscribers = owners.flatMap((owner) => subscribersOf(owner))
    return subscribers.map(({ durable, event }) => {
      const eventName = Object.keys(contracts).find((one) => contracts[one] === event) ?? ''
      return { durable, service, file: durable.slice(service.length + 1), event: eventName }
    })
  })
}

/** An event and who has to do with it. */
export interface EventRow {
  /** `<service>.<entity>.<verb>.v<version>`. */
  name: string
  appliedBy: string[]
  /** Names of durable consumers. */
  consumers: string[]
}

/** The catalogue of events, with the services' subscribers. */
export async function eventRows(): Promise<EventRow[]> {
  const consumers = durables()
  return eventCatalogue.map((definition) => ({
    name: definition.type.replace(/^belay\./, ''),
    appliedBy: [...definition.appliedBy, ...definition.informs],
    consumers: consumers.filter(({ event }) => contracts[event] === definition).map(({ durable }) => durable)
  }))
}

/** An environment variable. */
export interface Variable {
  name: string
  /** Services that read it, and `npm` for what is read by the commands themselves. */
  readers: Set<string>
  /** Its value when unset: `none` when it then has none, `required` when a process cannot start without it. */
  fallback: string
}

interface ObjectSchema {
  type: 'object'
  properties: Record<string, { default?: unknown }>
  required?: readonly string[]
}

const isObjectSchema = (value: unknown): value is ObjectSchema =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'object' && 'properties' in value

/** Every variable of every service's schema, and those of the commands (whose fallback is not known here). */
export async function variables(): Promise<Variable[]> {
  const found = new Map<string, Variable>()
  const add = (name: string, reader: string, fallback: string) => {
    const known = found.get(name) ?? { name, readers: new Set<string>(), fallback }
    found.set(name, known)
    known.readers.add(reader)
  }
  for (const path of list('services/*/src/config.ts')) {
    const module: Record<string, unknown> = await import(join(root, path))
    for (const { properties, required } of Object.values(module).filter(isObjectSchema)) {
      for (const [name, { default: value }] of Object.entries(properties)) {
        add(name, path.split('/')[1] ?? '', fallbackOf(value, required?.includes(name) ?? false))
      }
    }
  }
  for (const name of commandVariables()) add(name, 'npm', '')
  return [...found.values()]
}

function fallbackOf(value: unknown, required: boolean): string {
  if (value === undefined) return required ? 'required' : 'none'
  return value === '' ? 'none' : JSON.stringify(value).replace(/^"(.*)"$/, '$1')
}

/** What they read in its usual meaning is not ours to document. */
const standard = new Set([
  'PATH',
  'HOME',
  'TZ',
  'NODE_ENV',
  'NODE_OPTIONS',
  'NODE_COMPILE_CACHE',
  'NO_COLOR',
  'XDG_CACHE_HOME'
])

/** Names in capitals that are read from something called `env` by what runs outside the services. */
function commandVariables(): string[] {
  const names = new Set<string>()
  const add = (name: string) => {
    if (/^[A-Z][A-Z0-9_]+$/.test(name) && !standard.has(name)) names.add(name)
  }
  for (const path of list('packages/launcher/src/**/*.ts', '{scripts,bench}/**/*.{ts,mjs}')) {
    if (/\/test\//.test(path)) continue
    new Visitor({
      MemberExpression(node) {
        if (!isEnvironment(node.object)) return
        if (node.property.type === 'Literal') add(String(node.property.value))
        else if (!node.computed && node.property.type === 'Identifier') add(node.property.name)
      },
      VariableDeclarator(node) {
        if (node.id.type !== 'ObjectPattern' || node.init === null || !isEnvironment(node.init)) return
        for (const one of node.id.properties) {
          if (one.type === 'Property' && one.key.type === 'Identifier') add(one.key.name)
        }
      }
    }).visit(parseSync(path, read(path)).program)
  }
  return [...names]
}

/** `env`, `process.env`, `layout.env`. */
function isEnvironment(node: Expression): boolean {
  if (node.type === 'Identifier') return node.name === 'env'
  return node.type === 'MemberExpression' && node.property.type === 'Identifier' && node.property.name === 'env'
}

/** Codes of `error` frames, as the sockets' codecs have them. */
export function frameCodes(): string[] {
  const codes = new Set<string>()
  for (const path of list('services/realtime-gateway/src/**/*codec.ts')) {
    new Visitor({
      Literal(node) {
        if (typeof node.value === 'string' && /^[A-Z]+(_[A-Z]+)*$/.test(node.value)) codes.add(node.value)
      }
    }).visit(parseSync(path, read(path)).program)
  }
  return [...codes]
}

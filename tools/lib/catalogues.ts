import { eventCatalogue } from '@belay/contracts'
import { parseSync, Visitor } from 'oxc-parser'
import { list, read } from './repository.ts'

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

/** Every error with a code: services say theirs in `errors.ts`, kit says what all services share. */
export function errorDefinitions(): { code: string; status: number; path: string }[] {
  return list('services/*/src/**/*.ts', 'packages/kit/src/**/*.ts').flatMap((path) =>
    callsOf(path, 'appError').flatMap(([code, , status]) =>
      typeof code === 'string' && typeof status === 'number' ? [{ code, status, path }] : []
    )
  )
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
      }
    }).visit(parseSync(path, read(path)).program)
    return found
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
  const contracts: Record<string, unknown> = await import('@belay/contracts')
  const consumers = durables()
  return eventCatalogue.map((definition) => ({
    name: definition.type.replace(/^belay\./, ''),
    appliedBy: [...definition.appliedBy],
    consumers: consumers.filter(({ event }) => contracts[event] === definition).map(({ durable }) => durable)
  }))
}

/** Who reads a variable, and its value when unset (undefined: it must be set, or what happens is more than a value). */
export interface Variable {
  readers: string[]
  fallback: string | undefined
}

interface ObjectSchema {
  type: 'object'
  properties: Record<string, { default?: unknown }>
  required?: readonly string[]
}

const isObjectSchema = (value: unknown): value is ObjectSchema =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'object' && 'properties' in value

/** Every variable of every service's schema, and those of the launcher and the scripts. */
export async function variables(): Promise<Map<string, Variable>> {
  const found = new Map<string, Variable>()
  const add = (name: string, reader: string, fallback: unknown) => {
    const known = found.get(name)
    if (known === undefined)
      found.set(name, {
        readers: [reader],
        fallback: fallback === undefined ? undefined : JSON.stringify(fallback).replace(/^"(.*)"$/, '$1')
      })
    else if (!known.readers.includes(reader)) known.readers.push(reader)
  }
  for (const path of list('services/*/src/config.ts')) {
    const module: Record<string, unknown> = await import(`../../${path}`)
    for (const schema of Object.values(module).filter(isObjectSchema)) {
      for (const [name, { default: fallback }] of Object.entries(schema.properties))
        add(name, path.split('/')[1] ?? '', fallback)
    }
  }
  for (const name of launcherVariables()) add(name, 'launcher', undefined)
  return found
}

/** Names in capitals read from an object called `env`, in what runs outside the services. */
function launcherVariables(): string[] {
  const names = new Set<string>()
  for (const path of list('packages/launcher/src/**/*.ts', 'scripts/**/*.{ts,mjs}', 'bench/**/*.ts')) {
    new Visitor({
      MemberExpression(node) {
        const { object, property } = node
        const holder =
          object.type === 'Identifier'
            ? object.name
            : object.type === 'MemberExpression' && object.property.type === 'Identifier'
              ? object.property.name
              : ''
        if (holder !== 'env' || node.computed || property.type !== 'Identifier') return
        if (/^[A-Z][A-Z0-9_]+$/.test(property.name)) names.add(property.name)
      }
    }).visit(parseSync(path, read(path)).program)
  }
  for (const standard of ['PATH', 'HOME', 'TZ', 'NODE_ENV']) names.delete(standard)
  return [...names]
}

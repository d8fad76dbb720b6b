import { doors } from '@belay/contracts'
import { createValidator } from '@belay/kit'
import { Type, type Static } from 'typebox'
import { type About, contactOf } from './about.ts'
import { overview } from './overview.ts'

const Entries = Type.Record(Type.String(), Type.Unknown())

/** The part of an OpenAPI document that merging needs to know. */
const OpenApiPart = Type.Object({
  paths: Type.Optional(Entries),
  components: Type.Optional(Type.Record(Type.String(), Entries))
})

export type OpenApiPart = Static<typeof OpenApiPart>

const checkPart = createValidator(OpenApiPart)

/**
 * Reads the document of a service.
 * @throws TypeError when it is not an OpenAPI document
 */
export function readOpenApi(document: unknown): OpenApiPart {
  const checked = checkPart(document)
  if (!checked.ok) throw new TypeError('a service describes itself by something that is no OpenAPI document')
  return checked.value
}

/**
 * Merges documents: every path and component of every service. Services share the schemas of the contracts, so components
 * with the same name are identical.
 */
export function mergeOpenApi(parts: readonly OpenApiPart[], about: About) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Belay',
      version: about.version,
      description: overview,
      contact: contactOf(about),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
    },
    servers: [{ url: '/' }],
    tags: doors.flatMap(({ tags }) => tags),
    paths: Object.fromEntries(parts.flatMap(({ paths = {} }) => Object.entries(paths))),
    components: componentsOf(parts),
    security: [{ bearer: [] }]
  }
}

function componentsOf(parts: readonly OpenApiPart[]): Record<string, Record<string, unknown>> {
  const merged: Record<string, Record<string, unknown>> = {}
  for (const [kind, entries] of parts.flatMap(({ components = {} }) => Object.entries(components))) {
    merged[kind] = { ...merged[kind], ...entries }
  }
  return merged
}

/** The part of an OpenAPI document that merging needs to know. */
export interface OpenApiDocument {
  paths?: Record<string, unknown>
  tags?: { name: string }[]
  components?: Record<string, Record<string, unknown>>
}

/**
 * One document of many: every path and component of every service. Services share the schemas of the contracts, so a
 * component that two of them have is the same one.
 */
export function mergeOpenApi(version: string, documents: readonly OpenApiDocument[]) {
  const components: Record<string, Record<string, unknown>> = {}
  for (const document of documents) {
    for (const [kind, entries] of Object.entries(document.components ?? {})) {
      components[kind] = { ...components[kind], ...entries }
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Belay',
      version,
      description: 'The backend for apps where people meet up. Every conversation is tied to a plan.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
    },
    servers: [{ url: '/' }],
    tags: uniqueTags(documents),
    paths: Object.assign({}, ...documents.map((document) => document.paths ?? {})) as Record<string, unknown>,
    components,
    security: [{ bearer: [] }]
  }
}

function uniqueTags(documents: readonly OpenApiDocument[]): { name: string }[] {
  const tags = new Map(documents.flatMap((document) => document.tags ?? []).map((tag) => [tag.name, tag]))
  return [...tags.values()]
}

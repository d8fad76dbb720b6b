import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '@belay/testing'
import { contractBreaks } from './contract-breaks.ts'

/**
 * Returns how a document breaks its published form, the file of this name in `test/published`. With `UPDATE_CONTRACTS=1`
 * the document is written there if it breaks nothing, so that additions become part of the published form.
 */
export function breaksSincePublished(name: string, document: Json): string[] {
  const path = join(import.meta.dirname, '../published', name)
  const { paths, channels, components } = document
  const current = { paths, channels, components: { ...components, headers: undefined, securitySchemes: undefined } }
  const breaks = existsSync(path) ? contractBreaks(JSON.parse(readFileSync(path, 'utf8')), current) : []
  if (process.env['UPDATE_CONTRACTS'] === '1' && breaks.length === 0) {
    writeFileSync(path, `${JSON.stringify(current, withoutProse, 1)}\n`)
  }
  return breaks
}

const prose = new Set(['description', 'summary', 'title', 'examples', 'operationId', 'tags'])

/** Omits text that may be reworded. A property may have the same name as a keyword: its value is an object. */
function withoutProse(key: string, value: unknown): unknown {
  const isText = typeof value === 'string' || Array.isArray(value)
  return prose.has(key) && isText ? undefined : value
}

import type { Finding } from './source-rules.ts'

const names = /send[\s_-]?buddy|\bshua\b|shua(?=[A-Z_-])|vibes[\s_-]?match|wingman/i

/** Where a front door may be named: in its folder, where it is registered, and in the public documents. */
const allowed = /\/doors\/|^services\/[^/]+\/src\/app\.ts$|^services\/gateway\/src\/docs\//

/** Returns the lines of a file, its path first, that name a front door although the file is not part of one. */
export function doorNames(path: string, text: string): Finding[] {
  if (allowed.test(path)) return []
  return [path, ...text.split('\n')].flatMap((line, index) =>
    names.test(line) ? [{ path, line: index, text: line.trim() }] : []
  )
}

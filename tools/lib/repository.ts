import { globSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The folder that holds everything these tests are about. */
export const root = resolve(import.meta.dirname, '../..')

/** The text of a file of the repository. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

/** Paths from the root with forward slashes, sorted; dependencies and built files are left out. */
export function list(...patterns: string[]): string[] {
  const exclude = (path: string) => /(^|[/\\])(node_modules|dist|coverage|\.git|\.turbo|\.belay)$/.test(path)
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root, exclude }))
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path) && statSync(join(root, path)).isFile())
    .toSorted()
}

/** The names in a folder, folders with a slash behind them. */
export function listFolder(path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .toSorted()
}

/** The folders that `git` and pnpm know as members of the workspace. */
export const serviceNames = listFolder('services').flatMap((name) => (name.endsWith('/') ? [name.slice(0, -1)] : []))

/** Services that own a schema of the database. */
export const servicesWithDatabase = serviceNames.filter((name) => list(`services/${name}/src/schema.ts`).length === 1)

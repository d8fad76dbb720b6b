import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options'
import { brokenBoundaries, innocentFiles, thirdParties } from './broken-boundaries.ts'
import { root } from './repository.ts'

const options = await extractOptions(join(root, '.dependency-cruiser.js'))

/** The names of the rules in `.dependency-cruiser.js`. */
export const ruleNames: readonly string[] = (options.ruleSet?.forbidden ?? []).map((rule) => rule.name ?? '')

/** Who imports whom below a folder, judged by the rules. */
export async function cruiseFolder(folder: string): Promise<ICruiseResult> {
  const { output } = await cruise(['packages', 'services'], { ...options, baseDir: folder })
  if (typeof output === 'string') throw new TypeError(output)
  return output
}

/** One line per broken rule. */
export const violationsOf = (result: ICruiseResult): string[] =>
  result.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)

/** Writes the tree in which every rule is broken once, and says where. */
export function writeBrokenTree(): string {
  const folder = mkdtempSync(join(tmpdir(), 'belay-boundaries-'))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const devDependencies = Object.fromEntries(
    thirdParties.filter((name) => name !== 'typebox').map((name) => [name, '1'])
  )
  write('package.json', JSON.stringify({ name: 'broken', type: 'module', devDependencies }))
  for (const name of thirdParties) {
    write(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', type: 'module', main: 'index.js' })
    )
    write(`node_modules/${name}/index.js`, 'export {}\n')
  }
  for (const path of innocentFiles) write(path, 'export {}\n')
  for (const { from, imports } of Object.values(brokenBoundaries)) write(from, `export * from '${imports}'\n`)
  write('services/chat/src/threads/open.ts', "export * from './close.ts'\n")
  return folder
}

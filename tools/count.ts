/** Prints the size and the shape of the code: `node tools/count.ts [folder of another checkout]`. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseSync, Visitor } from 'oxc-parser'
import { folderCycles, type SourceFile } from './lib/folder-cycles.ts'

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'))

interface Sized {
  name: string
  lines: number
}

const linesOf = (text: string): number => text.split('\n').length - 1
const isTest = (path: string): boolean => /(^|\/)test\/|\.test\.ts$/.test(path)
const memberOf = (path: string): string => /^(?:packages|services)\/[^/]+|^[^/]+(?=\/)/.exec(path)?.[0] ?? '.'
const sum = (files: readonly SourceFile[]): number => files.reduce((total, { text }) => total + linesOf(text), 0)

/** Returns the tracked programs of the checkout. */
function listFiles(): SourceFile[] {
  return execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.js'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '')
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** Returns every function that has a name, with its lines. */
function functionsOf({ path, text }: SourceFile): Sized[] {
  const found: Sized[] = []
  const add = (name: string, { start, end }: { start: number; end: number }): void => {
    found.push({ name: `${path}: ${name}`, lines: text.slice(start, end).split('\n').length })
  }
  new Visitor({
    FunctionDeclaration(node) {
      add(node.id?.name ?? 'default', node)
    },
    MethodDefinition(node) {
      add(text.slice(node.key.start, node.key.end), node)
    },
    VariableDeclarator({ id, init }) {
      const isFunction = init?.type === 'ArrowFunctionExpression' || init?.type === 'FunctionExpression'
      if (isFunction && id.type === 'Identifier') add(id.name, init)
    }
  }).visit(parseSync(path, text).program)
  return found
}

function describeSizes(title: string, sizes: Sized[]): string {
  const sorted = sizes.toSorted((a, b) => a.lines - b.lines)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]?.lines
  const longest = sorted.at(-1)
  return `${title}: half within ${at(0.5)}, 9 of 10 within ${at(0.9)}, the longest ${longest?.lines} (${longest?.name})`
}

const files = listFiles()
const sources = files.filter(({ path }) => !isTest(path))
const tests = files.filter(({ path }) => isTest(path))
const functions = sources.flatMap(functionsOf)

console.log(`source: ${sources.length} files, ${sum(sources)} lines`)
console.log(
  `tests: ${tests.length} files, ${sum(tests)} lines, ${(sum(tests) / sum(sources)).toFixed(2)} per line of source`
)
for (const [member, own] of Map.groupBy(sources, ({ path }) => memberOf(path))) {
  const lines = sum(tests.filter(({ path }) => memberOf(path) === member))
  const size = `${String(own.length).padStart(4)} files ${String(sum(own)).padStart(6)} lines`
  console.log(`  ${member.padEnd(28)} ${size}, tests ${(lines / sum(own)).toFixed(2)}`)
}
console.log(
  describeSizes(
    'lines per file',
    sources.map(({ path, text }) => ({ name: path, lines: linesOf(text) }))
  )
)
console.log(describeSizes(`lines of ${functions.length} functions`, functions))
console.log(`functions over 30 lines: ${functions.filter(({ lines }) => lines > 30).length}`)
const cycles = folderCycles(sources)
console.log([`folders in a circle: ${cycles.length}`, ...cycles].join('\n  '))

import { dirname, join } from 'node:path/posix'
import { parseSync } from 'oxc-parser'

/** A source file: its path from the root, and its text. */
export interface SourceFile {
  path: string
  text: string
}

/**
 * Returns the groups of a service's folders that import each other in a circle, by way of any file in them and types
 * included, as `chat: messages ↔ threads`. A file directly in `src` counts as a folder of its own.
 */
export function folderCycles(files: readonly SourceFile[]): string[] {
  const services = Map.groupBy(files, ({ path }) => /^services\/([^/]+)\/src\//.exec(path)?.[1])
  return [...services].flatMap(([service, sources]) => {
    if (service === undefined) return []
    return circles(folderGraph(service, sources)).map((circle) => `${service}: ${circle.join(' ↔ ')}`)
  })
}

type Graph = Map<string, Set<string>>

function folderGraph(service: string, files: readonly SourceFile[]): Graph {
  const source = `services/${service}/src/`
  const folderOf = (path: string) => path.slice(source.length).split('/')[0] ?? ''
  const graph: Graph = new Map(files.map(({ path }) => [folderOf(path), new Set()]))
  for (const { path, text } of files) {
    for (const target of importsOf(path, text)) {
      const resolved = target.startsWith('#src/') ? source + target.slice(5) : join(dirname(path), target)
      const [from, to] = [folderOf(path), folderOf(resolved)]
      if (/^(#src|\.)/.test(target) && resolved.startsWith(source) && from !== to) graph.get(from)?.add(to)
    }
  }
  return graph
}

/** Returns what a file imports and re-exports, as it is written there. */
function importsOf(path: string, text: string): string[] {
  const { staticImports, staticExports } = parseSync(path, text).module
  return [
    ...staticImports.map((one) => one.moduleRequest.value),
    ...staticExports.flatMap((one) => one.entries.flatMap(({ moduleRequest }) => moduleRequest?.value ?? []))
  ]
}

/** Returns the nodes that reach each other, in groups of two or more. */
function circles(graph: Graph): string[][] {
  const reached = new Map([...graph.keys()].map((node) => [node, reachableFrom(graph, node)]))
  const reaches = (from: string, to: string) => reached.get(from)?.has(to) === true
  const groups = [...graph.keys()].map((node) =>
    [...graph.keys()].filter((other) => reaches(node, other) && reaches(other, node)).toSorted()
  )
  return [...new Map(groups.filter((group) => group.length > 1).map((group) => [group.join(), group])).values()]
}

function reachableFrom(graph: Graph, start: string, seen = new Set<string>()): Set<string> {
  for (const next of graph.get(start) ?? []) {
    if (seen.has(next)) continue
    seen.add(next)
    reachableFrom(graph, next, seen)
  }
  return seen
}

import { list, read } from './repository.ts'

/** Every document of the repository. */
export const documents = list('*.md', '{docs,packages,services,e2e,bench,tools,scripts,.github}/**/*.md')

/** The first word in back-ticks, or the plain text of a cell. */
export const plain = (cell: string): string => /`([^`]+)`/.exec(cell)?.[1] ?? cell.trim()

/** All words in back-ticks of a cell. */
export const quoted = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '')

/** The rows of every table of a document whose header begins with this word, as cells by header. */
export function tableRows(path: string, firstHeader: string): Record<string, string>[] {
  const rows: Record<string, string>[] = []
  let headers: string[] | undefined
  for (const line of read(path).split('\n')) {
    if (!line.startsWith('|')) headers = undefined
    else if (headers === undefined) headers = cellsOf(line)
    else if (!/^\|[\s|:-]+$/.test(line) && headers[0] === firstHeader) rows.push(toRow(headers, cellsOf(line)))
  }
  return rows
}

const cellsOf = (line: string): string[] =>
  line
    .slice(1, line.lastIndexOf('|'))
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))

const toRow = (headers: readonly string[], cells: readonly string[]): Record<string, string> =>
  Object.fromEntries(headers.map((header, index) => [header, cells[index] ?? '']))

/** Targets of the links of a document, code blocks left out. */
export function linksOf(path: string): string[] {
  const text = read(path)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '')
  return [...text.matchAll(/\[[^\]]*\]\(([^)\s]+)[^)]*\)|<(?:img|a)[^>]*(?:src|href)="([^"]+)"/g)].map(
    (match) => match[1] ?? match[2] ?? ''
  )
}

/** The anchors that a document's headings make, as GitHub writes them. */
export function anchorsOf(path: string): string[] {
  return [...read(path).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-')
  )
}

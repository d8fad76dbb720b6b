import { type Expression, parseSync, Visitor, type VisitorObject } from 'oxc-parser'

/** Something that a rule about source text found: where, and what it reads there. */
export interface Finding {
  path: string
  line: number
  text: string
}

/** A rule about one file's text that imports alone cannot tell. */
export interface SourceRule {
  /** What holds, as a sentence. */
  title: string
  /** The files it speaks of. */
  concerns: (path: string) => boolean
  /** Calls `report` with the offset of everything that breaks it. */
  visit: (report: (offset: number) => void) => VisitorObject
  /** A line that breaks it, and where: proof that the rule sees what it looks for. */
  example: { path: string; text: string }
}

const isTest = (path: string) => /(^|\/)(test|e2e)\//.test(path)
const isServiceSource = (path: string) => /^services\/[^/]+\/src\//.test(path)
const isMain = (path: string) => /^services\/[^/]+\/src\/main\.ts$/.test(path)

const readsEnvironment =
  /^(services\/[^/]+\/src\/main\.ts|packages\/kit\/src\/run-service\.ts|packages\/(launcher|testing)\/)/
const holdsSql =
  /\.repository\.ts$|^packages\/(db|events|testing|launcher)\/|^packages\/kit\/src\/backbone\/|^packages\/[^/]+\/src\/migrations\.ts$/
const queryBuilders = new Set(['selectFrom', 'insertInto', 'updateTable', 'deleteFrom', 'mergeInto'])
const clocks = new Set(['Date.now', 'Math.random', 'crypto.randomUUID'])
const fakes = /^vi\.(mock|doMock|hoisted|spyOn|stubGlobal|stubEnv|useFakeTimers)$/

/** `object.property` of a plain member expression, else undefined. */
function memberName(node: Expression): string | undefined {
  if (node.type !== 'MemberExpression' || node.computed || node.object.type !== 'Identifier') return undefined
  return node.property.type === 'Identifier' ? `${node.object.name}.${node.property.name}` : undefined
}

const onMember = (matches: (name: string) => boolean, report: (offset: number) => void): VisitorObject => ({
  MemberExpression(node) {
    const name = memberName(node)
    if (name !== undefined && matches(name)) report(node.start)
  }
})

/** Reports the value imports of `names` from `module`. */
const onImport = (module: string, names: readonly string[], report: (offset: number) => void): VisitorObject => ({
  ImportDeclaration(node) {
    if (node.source.value !== module || node.importKind === 'type') return
    for (const one of node.specifiers) {
      if (one.type !== 'ImportSpecifier' || one.importKind === 'type') continue
      if (one.imported.type === 'Identifier' && names.includes(one.imported.name)) report(one.start)
    }
  }
})

/** Reports calls of a method, on any object. */
const onMethodCall = (matches: (name: string) => boolean, report: (offset: number) => void): VisitorObject => ({
  CallExpression(node) {
    const { callee } = node
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return
    if (matches(callee.property.name)) report(callee.property.start)
  }
})

export const sourceRules: readonly SourceRule[] = [
  {
    title: 'the environment is read where a process starts and nowhere else',
    concerns: (path) => /^(services|packages)\//.test(path) && !isTest(path) && !readsEnvironment.test(path),
    visit: (report) => ({
      ...onMember((name) => name === 'process.env', report),
      ...onImport('node:process', ['env'], report)
    }),
    example: { path: 'services/chat/src/app.ts', text: 'export const url = process.env.NATS_URL' }
  },
  {
    title: 'time, randomness and ids come into a service as parameters',
    concerns: (path) => isServiceSource(path) && !isMain(path),
    visit: (report) => ({
      ...onMember((name) => clocks.has(name), report),
      ...onImport('node:crypto', ['randomUUID'], report),
      NewExpression(node) {
        if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && node.arguments.length === 0) {
          report(node.start)
        }
      }
    }),
    example: { path: 'services/chat/src/messages/send.ts', text: 'export const now = () => new Date()' }
  },
  {
    title: 'SQL lives in repositories, in migrations and in the packages about databases',
    concerns: (path) => /^(services|packages)\/[^/]+\/src\//.test(path) && !holdsSql.test(path),
    visit: (report) => ({
      ...onImport('kysely', ['sql'], report),
      ...onMethodCall((name) => queryBuilders.has(name), report)
    }),
    example: {
      path: 'services/chat/src/messages/send.ts',
      text: "export const all = (db: Db) => db.selectFrom('messages')"
    }
  },
  {
    title: 'routes, subscribers and questions open no transaction: the noun does',
    concerns: (path) => /^services\/[^/]+\/src\/(doors|subscribers|questions)\//.test(path),
    visit: (report) => onMethodCall((name) => name === 'transaction' || name === 'startTransaction', report),
    example: {
      path: 'services/chat/src/doors/shua/routes/api/get.ts',
      text: 'export const run = (s: Store) => s.transaction(work)'
    }
  },
  {
    title: 'only main.ts ends the process or listens to its signals',
    concerns: (path) => isServiceSource(path) && !isMain(path),
    visit: (report) => onMember((name) => /^process\.(exit|on|once|kill|abort|exitCode)$/.test(name), report),
    example: { path: 'services/chat/src/app.ts', text: 'process.exit(1)' }
  },
  {
    title: 'nothing is mocked: tests run the real thing',
    concerns: (path) => /\.test\.ts$|\/test\//.test(path) && !path.startsWith('tools/'),
    visit: (report) => onMember((name) => fakes.test(name), report),
    example: { path: 'services/chat/test/send.test.ts', text: "vi.mock('pg')" }
  },
  {
    title: 'tests wait for events, never for time',
    concerns: (path) => /\.test\.ts$|\/test\//.test(path),
    visit: (report) => onImport('node:timers/promises', ['setTimeout'], report),
    example: {
      path: 'services/chat/test/send.test.ts',
      text: "import { setTimeout as sleep } from 'node:timers/promises'"
    }
  }
]

/** What breaks `rule` in one file. */
export function check(rule: SourceRule, path: string, text: string): Finding[] {
  const { program, errors } = parseSync(path, text)
  if (errors[0] !== undefined) throw new SyntaxError(`${path}: ${errors[0].message}`)
  const findings: Finding[] = []
  const report = (offset: number) => {
    const line = text.slice(0, offset).split('\n').length
    findings.push({ path, line, text: (text.split('\n')[line - 1] ?? '').trim() })
  }
  new Visitor(rule.visit(report)).visit(program)
  return findings
}

import { rmSync } from 'node:fs'
import type { ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { brokenBoundaries } from './lib/broken-boundaries.ts'
import { cruiseFolder, ruleNames, violationsOf, writeBrokenTree } from './lib/dependencies.ts'
import { doorNames } from './lib/door-names.ts'
import { folderCycles } from './lib/folder-cycles.ts'
import { list, read, root } from './lib/repository.ts'
import { check, sourceRules } from './lib/source-rules.ts'

describe('who imports whom', () => {
  let result: ICruiseResult

  beforeAll(async () => {
    result = await cruiseFolder(root)
  })

  test('every import obeys .dependency-cruiser.js', () => {
    expect(violationsOf(result)).toEqual([])
  })

  test('imports are followed through exports, subpaths and node_modules', () => {
    const targets = (source: RegExp) =>
      result.modules
        .filter((one) => source.test(one.source))
        .flatMap((one) => one.dependencies.map((to) => to.resolved))

    expect(targets(/^services\/chat\/src\//)).toEqual(
      expect.arrayContaining([
        'packages/contracts/src/index.ts',
        'services/chat/src/schema.ts',
        expect.stringMatching(/node_modules\/kysely\//)
      ])
    )
    expect(targets(/^packages\/bus\/src\//)).toContainEqual(expect.stringMatching(/node_modules\/@nats-io\//))
  })
})

describe('the rules about imports bite', () => {
  const folder = writeBrokenTree()
  let violations: string[]

  beforeAll(async () => {
    violations = violationsOf(await cruiseFolder(folder))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('each rule has a tree in which it is broken', () => {
    expect(Object.keys(brokenBoundaries).toSorted()).toEqual(ruleNames.toSorted())
  })

  test.each(Object.entries(brokenBoundaries))('%s', (rule, { from }) => {
    expect(violations).toContainEqual(expect.stringContaining(`${rule}: ${from} →`))
  })
})

describe('the folders of a service do not import each other in a circle', () => {
  test('anywhere', () => {
    const files = list('services/*/src/**/*.ts').map((path) => ({ path, text: read(path) }))
    expect(folderCycles(files)).toEqual([])
  })

  test('the rule bites', () => {
    const path = (name: string) => `services/chat/src/${name}`
    expect(
      folderCycles([
        { path: path('threads/open.ts'), text: "import { send } from '#src/messages/send.ts'" },
        { path: path('threads/close.ts'), text: "export * from './open.ts'" },
        { path: path('messages/send.ts'), text: "import type { Reader } from '../people/reader.ts'" },
        { path: path('people/reader.ts'), text: "export { close } from '../threads/close.ts'" },
        { path: path('schema.ts'), text: "import { sql } from 'kysely'" }
      ])
    ).toEqual(['chat: messages ↔ people ↔ threads'])
  })
})

describe('a front door is named in its folder and where it is registered, nowhere else', () => {
  test('anywhere', () => {
    const files = list('{packages,services}/*/src/**/*.ts')
    expect(files.flatMap((path) => doorNames(path, read(path)))).toEqual([])
  })

  test.each([
    'export const door = sendBuddy',
    "const path = '/send-buddy'",
    '// As Send Buddy has it.',
    'interface ShuaPage {}',
    "if (door === 'shua') return",
    'const codes = vibesMatchCodes',
    "=== 'vibesmatch'",
    'function toWingman() {}'
  ])('the rule bites: %s', (text) => {
    expect(doorNames('packages/kit/src/errors.ts', text)).toEqual([
      { path: 'packages/kit/src/errors.ts', line: 1, text }
    ])
  })

  test('the rule bites in names of files, and lets a door speak of itself', () => {
    const path = 'services/chat/src/threads/shua.ts'
    expect(doorNames(path, '')).toEqual([{ path, line: 0, text: path }])
    expect(doorNames('services/chat/src/doors/shua/errors.ts', '// Shua')).toEqual([])
  })
})

describe.each(sourceRules)('$title', (rule) => {
  test('everywhere', () => {
    const files = list('{services,packages}/*/{src,test,migrations}/**/*.ts', '{e2e,bench}/**/*.ts').filter(
      rule.concerns
    )
    expect(files.flatMap((path) => check(rule, path, read(path)))).toEqual([])
  })

  test('the rule bites', () => {
    const { path, text } = rule.example
    expect(rule.concerns(path)).toBe(true)
    expect(check(rule, path, text)).toEqual([{ path, line: 1, text }])
  })
})

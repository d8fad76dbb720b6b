import { rmSync } from 'node:fs'
import type { ICruiseResult } from 'dependency-cruiser'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { brokenBoundaries } from './lib/broken-boundaries.ts'
import { cruiseFolder, ruleNames, violationsOf, writeBrokenTree } from './lib/dependencies.ts'
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

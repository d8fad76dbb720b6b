import { parseSync, Visitor } from 'oxc-parser'
import { describe, expect, test } from 'vitest'
import { documents } from './lib/markdown.ts'
import { list, read } from './lib/repository.ts'

/** CONTRIBUTING.md names these words to say that they are avoided. */
const avoided = /\b(whoever|whatever|somebody|nobody|anew|for ever|unless told otherwise|mend|mends|mended)\b/i

describe('prose avoids the words that the style guide lists', () => {
  test('in documents', () => {
    const paths = documents.filter((path) => path !== 'CONTRIBUTING.md')
    expect(
      paths.flatMap((path) =>
        read(path)
          .split('\n')
          .filter(isAvoided)
          .map((line) => `${path}: ${line}`)
      )
    ).toEqual([])
  })

  test('in comments and in titles of tests', () => {
    // Migrations are frozen.
    const paths = list('{bench,e2e,packages,scripts,services,tools}/**/*.ts').filter(
      (path) => !path.includes('/migrations/')
    )
    const found = paths.flatMap((path) =>
      proseOf(path, read(path))
        .filter(isAvoided)
        .map((text) => `${path}: ${text}`)
    )
    expect(found).toEqual([])
  })

  test('the rule bites', () => {
    const text = "/** Of somebody. */\ntest('nobody knows', () => undefined)\nconst user = 'nobody' // Fine\n"
    expect(proseOf('services/chat/test/broken.test.ts', text).filter(isAvoided)).toEqual([
      '* Of somebody. ',
      'nobody knows'
    ])
  })
})

function isAvoided(text: string): boolean {
  return avoided.test(text.replaceAll(/`[^`]*`/g, ''))
}

/** Returns the comments of a program and the titles of its tests. */
function proseOf(path: string, text: string): string[] {
  const { program, comments } = parseSync(path, text)
  const titles: string[] = []
  new Visitor({
    CallExpression({ callee, arguments: [title] }) {
      const isTest = callee.type === 'Identifier' && /^(test|describe)$/.test(callee.name)
      if (isTest && title?.type === 'Literal' && typeof title.value === 'string') titles.push(title.value)
    }
  }).visit(program)
  return [...comments.map(({ value }) => value), ...titles]
}

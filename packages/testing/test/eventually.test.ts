import { expect, test } from 'vitest'
import { eventually } from '../src/index.ts'

test('runs the assertion until it passes and returns its value', async () => {
  let runs = 0
  const value = await eventually(() => {
    expect(++runs).toBeGreaterThan(2)
    return 'done'
  })
  expect([value, runs]).toEqual(['done', 3])
})

test('throws the last failure when the time is up', async () => {
  let runs = 0
  const waiting = eventually(() => expect(`run ${++runs}`).toBe('never'), { withinMs: 50 })
  await expect(waiting).rejects.toThrow('run')
  expect(runs).toBeGreaterThan(1)
})

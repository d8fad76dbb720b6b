import { expect, test } from 'vitest'
import { EventLoopAlarm } from '../src/logging/event-loop-alarm.ts'

test('an event loop that is late for long is logged once, and once when it is on time again', () => {
  const lines: string[] = []
  const log = { warn: () => void lines.push('late'), info: () => void lines.push('on time') }
  const alarm = new EventLoopAlarm(log)
  for (const p99Ms of [300, 300, 20, 300, 300]) alarm.take(p99Ms)
  expect(lines).toEqual([])
  for (const p99Ms of [300, 5_000, 300]) alarm.take(p99Ms)
  expect(lines).toEqual(['late'])
  for (const p99Ms of [20, 20, 300]) alarm.take(p99Ms)
  expect(lines).toEqual(['late', 'on time'])
})

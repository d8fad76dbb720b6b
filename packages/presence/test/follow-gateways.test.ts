import { randomUUID } from 'node:crypto'
import { presenceLease } from '@belay/contracts'
import { eventually } from '@belay/testing'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { type Announcement, followGateways, type FollowParts } from '../src/index.ts'

/** Follows gateways whose announcements the test makes, by a clock that stands still. */
function follow(parts: Partial<FollowParts> = {}) {
  const time = { nowMs: 0 }
  let apply: (announcement: Announcement) => void = () => undefined
  const present = followGateways({
    bus: { onReconnect: () => undefined },
    clock: { now: () => new Date(time.nowMs) },
    log: pino({ level: 'silent' }),
    listen: (listener) => {
      apply = listener
      return () => undefined
    },
    call: () => undefined,
    list: async () => ({ version: 0, keys: [] }),
    ...parts
  })
  onTestFinished(() => present.close())
  return { time, present, announce: (announcement: Announcement) => apply(announcement) }
}

/** A gateway that lists this key at version 0. */
const makeGateway = (key: string) => {
  const gateway_id = randomUUID()
  const list = async (id: string) => ({ version: 0, keys: id === gateway_id ? [key] : [] })
  return { gateway_id, list, lease: { kind: 'lease', gateway_id, version: 0 } as const }
}

/** Lets everything in this process stand still. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

test('a key that came to or went from one gateway is present while another has it', async () => {
  const changed: (readonly string[])[] = []
  const ana = makeGateway('ana')
  const { present, announce } = follow({ list: ana.list, onChange: (keys) => changed.push(keys) })
  const other = { gateway_id: randomUUID(), key: 'ana' }
  announce(ana.lease)
  announce({ kind: 'lease', version: 0, gateway_id: other.gateway_id })
  await eventually(() => expect(present.has('ana')).toBe(true))

  announce({ kind: 'change', version: 1, present: true, ...other })
  announce({ kind: 'gone', gateway_id: ana.gateway_id, version: 0 })
  expect([present.has('ana'), [...present.keys()]]).toEqual([true, ['ana']])
  announce({ kind: 'change', version: 2, present: false, ...other })
  expect([present.has('ana'), [...present.keys()]]).toEqual([false, []])
  expect(changed.flat()).toEqual(['ana', 'ana', 'ana', 'ana'])
})

test('a process that stood still drops no gateway whose announcements are waiting for it', async () => {
  const [ana, ben] = [makeGateway('ana'), makeGateway('ben')]
  const gone: string[] = []
  const { time, present, announce } = follow({
    list: async (id) => ({ version: 0, keys: [...(await ana.list(id)).keys, ...(await ben.list(id)).keys] }),
    onChange: (keys) => gone.push(...keys.filter((key) => !present.has(key)))
  })
  for (const { lease } of [ana, ben]) announce(lease)
  await eventually(() => expect([...present.keys()].toSorted()).toEqual(['ana', 'ben']))

  time.nowMs += presenceLease.expiresMs
  stall(1_500)
  // Timers that are due run before anything is read.
  await new Promise(setImmediate)
  announce(ana.lease)

  await eventually(() => expect(gone).toEqual(['ben']))
  expect([...present.keys()]).toEqual(['ana'])
})

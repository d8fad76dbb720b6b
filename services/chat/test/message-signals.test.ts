import { randomUUID } from 'node:crypto'
import type { Message } from '@belay/contracts'
import { expect, test } from 'vitest'
import { signalsOf } from '#src/live/message-signals.ts'

const stamp = { epoch: 'an-epoch', members_version: 3 }

/** Messages of one thread, numbered from 1. */
function write(threadId: string, count: number, body: string): Message[] {
  return Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    thread_id: threadId,
    seq: index + 1,
    kind: 'user',
    sender_id: randomUUID(),
    sender_name: 'Ana',
    body,
    client_msg_id: null,
    created_at: '2026-11-20T10:00:00.000Z'
  }))
}

test('the messages of one commit are one signal for all of its threads', () => {
  const [one, two] = [randomUUID(), randomUUID()]
  const written = new Map([one, two].map((id) => [id, { messages: write(id, 60, 'hello'), stamp }]))
  expect(signalsOf(written)).toEqual([
    { kind: 'messages', threads: [...written].map(([thread_id, { messages }]) => ({ thread_id, messages, stamp })) }
  ])
  expect(signalsOf(new Map([[one, { messages: [], stamp }]]))).toEqual([])
})

test('messages too long for one signal are split, in order, and each signal fits into a message of NATS', () => {
  const ids = [randomUUID(), randomUUID()]
  // Six bytes each in JSON.
  const body = '\u0001'.repeat(5_000)
  const signals = signalsOf(new Map(ids.map((id) => [id, { messages: write(id, 70, body), stamp }])))
  expect(signals.length).toBeGreaterThan(1)
  for (const signal of signals) expect(Buffer.byteLength(JSON.stringify(signal))).toBeLessThan(1024 * 1024)
  for (const id of ids) {
    const parts = signals.flatMap(({ threads }) => threads.filter(({ thread_id }) => thread_id === id))
    expect(parts.flatMap(({ messages }) => messages.map(({ seq }) => seq))).toEqual(
      write(id, 70, '').map(({ seq }) => seq)
    )
    for (const part of parts) expect(part.stamp).toEqual(stamp)
  }
})

import { makePlan, openSessionSocket, useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { isMessage, metricOf, numbersFrom, openJoined, replica, seqsOf } from '../support/sockets.ts'

const system = useSystem({ env: { RATE_LIMITS: 'off', MAX_BUFFERED_BYTES: '262144' } })

test('a client that stops reading is closed with 1013, and its neighbour notices nothing', async () => {
  const { inviter, invitee, sessionId } = await makePlan(system)
  const slow = await openJoined(replica(system), sessionId, invitee.token)
  const sender = await openJoined(replica(system), sessionId, inviter.token)
  slow.raw.pause()
  const content = '🧗'.repeat(2000)
  let sent = 0
  while ((await metricOf(replica(system), 'closed_total', 'too_slow')) === 0) {
    expect(sent).toBeLessThan(5_000)
    for (const _ of numbersFrom(1, 50)) sender.send({ type: 'message', content })
    sent += 50
    await sender.next(isMessage(sent))
  }
  expect(seqsOf(sender)).toEqual(numbersFrom(1, sent))
  slow.raw.resume()
  expect([1006, 1013]).toContain((await slow.closed).code)

  const back = await openSessionSocket(replica(system), sessionId, invitee.token, {
    afterSeq: seqsOf(slow).at(-1) ?? 0
  })
  await back.next(isMessage(sent), { withinMs: 10_000 })
  expect([...seqsOf(slow), ...seqsOf(back)]).toEqual(numbersFrom(1, sent))
}, 60_000)

import { eventually } from '@belay/testing'
import type { MemberListener } from '../lib/member-listener.ts'
import type { Gathering } from './gathering.ts'
import { PromiseBroken } from './promise-broken.ts'
import type { Round } from './round.ts'

/**
 * What a visitor's sockets got: the thread from its beginning, each message once and in order, and nothing that began
 * after the visitor had left.
 */
export async function expectVisitHeard(
  round: Round,
  { threadId, traffic }: Gathering,
  listener: MemberListener,
  leftAt: number
): Promise<void> {
  await eventually(
    () => {
      if (listener.ended === undefined)
        throw new PromiseBroken('a socket is told that its thread has ended', { threadId })
    },
    { withinMs: 60_000 }
  )
  await listener.stop()
  const later = new Set(
    [...traffic.acknowledged].flatMap(([id, { seq }]) => ((traffic.begunAt.get(id) ?? 0) > leftAt ? [seq] : []))
  )
  const heardLater = listener.seqs.filter((seq) => later.has(seq))
  if (heardLater.length > 0) {
    throw new PromiseBroken('nothing that is said after the leaving reaches the leaver', { threadId, heardLater })
  }
  const wrong = listener.seqs.findIndex((seq, index) => seq !== index + 1)
  if (wrong !== -1) {
    const around = listener.seqs.slice(Math.max(0, wrong - 3), wrong + 5)
    throw new PromiseBroken('a member gets each message once and in order', { threadId, wrong, around })
  }
  round.tally.delivered += listener.seqs.length
}

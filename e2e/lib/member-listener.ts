import { type Frame, openSocket, type TestSystem, type TestUser } from '@belay/testing'
import { setTimeout as wait } from 'node:timers/promises'
import { keepConnected } from './kept-socket.ts'
import type { Listener } from './listener.ts'

/** A {@link Listener} of one thread on `/ws/{user_id}`. */
export interface MemberListener extends Omit<Listener, 'resets'> {
  /** Why the thread ended for this person; undefined while it has not. */
  readonly ended: string | undefined
}

/** Keeps a person's socket open through the public door, and joins a thread on it where it left off. */
export function listenAsMember(system: TestSystem, { id, token }: TestUser, threadId: string): MemberListener {
  const seqs: number[] = []
  let ended: string | undefined

  const kept = keepConnected(async () => {
    const socket = await openSocket(`${system.url.replace(/^http/, 'ws')}/ws/${id}?token=${token}`)
    const join = () => socket.send({ type: 'join_thread', thread_id: threadId, after_seq: seqs.at(-1) ?? 0 })
    const take = (frame: Frame) => {
      if (frame['thread_id'] !== threadId) return
      if (frame['type'] === 'new_message') seqs.push(frame['message'].seq)
      else if (frame['type'] === 'error' && frame['code'] === 'SERVICE_UNAVAILABLE') void wait(50).then(join)
      else if (frame['type'] === 'error') ended = frame['code']
    }
    socket.frames.forEach(take)
    socket.raw.on('message', (data) => take(JSON.parse(data.toString())))
    if (ended === undefined) join()
    return socket
  })
  return {
    seqs,
    get ended() {
      return ended
    },
    get reconnects() {
      return kept.reconnects
    },
    stop: () => kept.stop()
  }
}

import { openSocket, type TestSocket, type TestSystem, type TestUser } from '@belay/testing'

/** A socket of `/ws/{user_id}` that has joined a thread from its first message on. */
export interface GroupListener {
  socket: TestSocket
  /** The `seq` of every message of the thread, in the order they arrived. */
  seqs(): number[]
  /** Why the thread ended for this socket; undefined while it has not. */
  ended(): string | undefined
  /** Resolves when the message with this `seq` is here. */
  heard(seq: number): Promise<unknown>
}

/** Joins a thread through one of the realtime gateway's replicas. */
export async function joinThrough(
  system: TestSystem,
  replica: number,
  { id, token }: TestUser,
  threadId: string
): Promise<GroupListener> {
  const { port } = system.process('realtime-gateway', replica)
  const socket = await openSocket(`ws://127.0.0.1:${port}/ws/${id}?token=${token}`)
  const arrived: number[] = []
  let end: string | undefined
  socket.raw.on('message', (data) => {
    const frame = JSON.parse(data.toString())
    if (frame.thread_id !== threadId) return
    if (frame.type === 'new_message') arrived.push(frame.message.seq)
    if (frame.type === 'error') end = frame.code
  })
  socket.send({ type: 'join_thread', thread_id: threadId, after_seq: 0 })
  await socket.next((frame) => frame['type'] === 'joined_thread')
  return {
    socket,
    seqs: () => [...arrived],
    ended: () => end,
    heard: (seq) =>
      socket.next((frame) => frame['type'] === 'new_message' && frame['message'].seq === seq, { withinMs: 15_000 })
  }
}

import { type Frame, openSocket, type TestSocket } from '@belay/testing'

/** Opens `/ws/{user_id}`; `token` undefined: connects without one. */
export function openThreadSocket(
  origin: { url: string },
  user: { id: string; token?: string | undefined },
  options: { headers?: Record<string, string>; protocols?: string[] } = {}
): Promise<TestSocket> {
  const query = user.token === undefined ? '' : `?token=${encodeURIComponent(user.token)}`
  return openSocket(`${origin.url.replace(/^http/, 'ws')}/ws/${user.id}${query}`, options)
}

/** Joins a thread and waits for the answer. */
export async function joinThread(socket: TestSocket, threadId: string, afterSeq?: number): Promise<Frame> {
  const before = joinsOf(socket, threadId).length
  socket.send({ type: 'join_thread', thread_id: threadId, ...(afterSeq === undefined ? {} : { after_seq: afterSeq }) })
  await socket.next(() => joinsOf(socket, threadId).length > before)
  return joinsOf(socket, threadId).at(-1) ?? {}
}

/** A frame that is answered in any case: all frames before it have been handled then. */
export async function settle(socket: TestSocket): Promise<void> {
  const answers = () => socket.frames.filter((frame) => frame['thread_id'] === 'settled')
  const before = answers().length
  socket.send({ type: 'leave_thread', thread_id: 'settled' })
  await socket.next(() => answers().length > before)
}

const joinsOf = (socket: TestSocket, threadId: string): Frame[] =>
  socket.frames.filter((frame) => frame['type'] === 'joined_thread' && frame['thread_id'] === threadId)

export const newMessagesOf = (socket: TestSocket): Frame[] =>
  socket.frames.filter((frame) => frame['type'] === 'new_message')

export const deliveredSeqs = (socket: TestSocket): number[] =>
  newMessagesOf(socket).map((frame) => frame['message'].seq)

export const isNewMessage = (seq: number) => (frame: Frame) =>
  frame['type'] === 'new_message' && frame['message'].seq === seq

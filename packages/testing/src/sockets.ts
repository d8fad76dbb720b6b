import { WebSocket } from 'ws'
import type { Json } from './api.ts'

/** A frame as it arrived; a test asserts on its fields. */
export type Frame = Record<string, Json>

/** An open socket and everything it received. */
export interface TestSocket {
  /** Every frame so far, oldest first. */
  frames: readonly Frame[]
  /** The first frame, already here or still to come, that satisfies the predicate; rejects after `withinMs` (15 s). */
  next(predicate: (frame: Frame) => boolean, options?: { withinMs?: number }): Promise<Frame>
  /** Sends an object as JSON, or text and bytes as they are. */
  send(frame: Frame | string | Buffer): void
  /** Resolves when either side closes the socket. */
  closed: Promise<{ code: number; reason: string }>
  close(code?: number): void
  /** Drops the connection without a close frame. */
  terminate(): void
  /** The socket itself, to pause it or to watch its pings. */
  raw: WebSocket
}

/** Opens `/ws/sessions/{id}/`. `token` undefined: connects without one. */
export function openSessionSocket(
  system: { url: string },
  sessionId: string,
  token: string | undefined,
  options: { afterSeq?: number; epoch?: string; headers?: Record<string, string> } = {}
): Promise<TestSocket> {
  const query = new URLSearchParams()
  if (token !== undefined) query.set('token', token)
  if (options.afterSeq !== undefined) query.set('after_seq', String(options.afterSeq))
  if (options.epoch !== undefined) query.set('epoch', options.epoch)
  const search = query.size === 0 ? '' : `?${query.toString()}`
  return openSocket(`${system.url.replace(/^http/, 'ws')}/ws/sessions/${sessionId}/${search}`, options)
}

/** Opens any socket; resolves once the handshake succeeded, rejects when it was refused. */
export function openSocket(
  url: string,
  options: { headers?: Record<string, string>; protocols?: string[] } = {}
): Promise<TestSocket> {
  const raw = new WebSocket(url, options.protocols ?? [], { perMessageDeflate: false, headers: options.headers ?? {} })
  const inbox = createInbox()
  raw.on('message', (data: Buffer) => inbox.take(frameOf(data.toString())))
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    raw.on('close', (code, reason) => resolve({ code, reason: String(reason) }))
  })
  void closed.then(({ code, reason }) => inbox.end(`the socket closed with ${code} ${reason}`))
  const socket: TestSocket = {
    frames: inbox.frames,
    next: inbox.next,
    send: (frame) => raw.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)),
    closed,
    close: (code) => raw.close(code),
    terminate: () => raw.terminate(),
    raw
  }
  return new Promise((resolve, reject) => {
    raw.once('open', () => resolve(socket))
    raw.on('error', reject)
  })
}

function frameOf(text: string): Frame {
  const frame: unknown = JSON.parse(text)
  if (typeof frame !== 'object' || frame === null) throw new Error(`not a frame: ${text}`)
  return { ...frame }
}

function createInbox() {
  const frames: Frame[] = []
  const waiting = new Set<{ look(): void; fail(why: string): void }>()
  let ended: string | undefined
  const next = (predicate: (frame: Frame) => boolean, options: { withinMs?: number } = {}) =>
    new Promise<Frame>((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        waiting.delete(waiter)
      }
      const waiter = {
        look() {
          const frame = frames.find(predicate)
          if (!frame) return
          settle()
          resolve(frame)
        },
        fail(why: string) {
          settle()
          reject(new Error(`no such frame: ${why}; received ${JSON.stringify(frames.slice(-20))}`))
        }
      }
      const withinMs = options.withinMs ?? 15_000
      const timer = setTimeout(() => waiter.fail(`${withinMs} ms passed`), withinMs)
      waiting.add(waiter)
      waiter.look()
      if (ended !== undefined && waiting.has(waiter)) waiter.fail(ended)
    })
  return {
    frames,
    next,
    take(frame: Frame) {
      frames.push(frame)
      for (const waiter of waiting) waiter.look()
    },
    end(why: string) {
      ended = why
      for (const waiter of waiting) waiter.fail(why)
    }
  }
}

import type { SocketTransport } from './socket-transport.ts'

const slots = 25

/**
 * Pings every socket once per interval and drops those that do not answer in time. Sockets are spread over slots that
 * take turns, so one shared timer serves all of them and no moment has to serve many.
 */
export class Heartbeat {
  readonly #turns: Set<SocketTransport>[] = Array.from({ length: slots }, () => new Set())
  readonly #stepMs: number
  readonly #graceSteps: number
  readonly #dropped: () => void
  #step = 0
  #next = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: { intervalMs: number; timeoutMs: number; dropped: () => void }) {
    this.#stepMs = options.intervalMs / slots
    this.#graceSteps = Math.min(slots - 1, Math.ceil(options.timeoutMs / this.#stepMs))
    this.#dropped = options.dropped
  }

  start(): void {
    this.#timer = setInterval(() => this.#beat(), this.#stepMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  add(socket: SocketTransport): void {
    this.#turns[this.#next]?.add(socket)
    this.#next = (this.#next + 1) % slots
  }

  remove(socket: SocketTransport): void {
    for (const turn of this.#turns) if (turn.delete(socket)) return
  }

  #beat(): void {
    this.#step = (this.#step + 1) % slots
    for (const socket of this.#turns[(this.#step + slots - this.#graceSteps) % slots] ?? []) {
      if (socket.alive) continue
      this.#dropped()
      socket.drop()
    }
    for (const socket of this.#turns[this.#step] ?? []) socket.ping()
  }
}

/** One client's way in and out, as the core sees it: WebSocket or any other transport. */
export interface Transport {
  /** Queues a frame of text. False when the client reads so slowly that its buffer is full: give it up. */
  write(frame: Buffer): boolean
  /** Resolves when the client has taken most of what was written, or is gone; undefined when it has already. */
  drained(): Promise<void> | undefined
  /** The client was dropped because it did not answer: what was written lately may not have arrived. */
  readonly dead: boolean
  /** Begins to read: it is opened paused, so that early frames wait with the client's own operating system. */
  resume(): void
  /** Says goodbye; what does not drain in time is cut off. */
  shut(closeFrame: { code: number; reason: string }): void
}

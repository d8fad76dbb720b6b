import type { LogStamp, Message } from '@belay/contracts'

/** Messages just written to one thread, oldest first, and the state of its log then, for its open sockets. */
export interface Written {
  messages: Message[]
  stamp: LogStamp
}

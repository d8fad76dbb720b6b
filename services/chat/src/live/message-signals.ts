import type { LogSignal, Message } from '@belay/contracts'
import type { Written } from '#src/messages/written.ts'

type MessageSignal = Extract<LogSignal, { kind: 'messages' }>

/** A signal must fit into one message of NATS (1 MiB), escaped in JSON at worst. */
const maxBytes = 768 * 1024
const bytesPerCharacter = 6
const bytesAround = 1_024

/** Returns the signals of one commit's messages: one, unless they are too long for it. */
export function signalsOf(written: ReadonlyMap<string, Written>): MessageSignal[] {
  const signals: MessageSignal[] = []
  let bytes = maxBytes
  for (const [thread_id, { messages, stamp }] of written) {
    let part: MessageSignal['threads'][number] | undefined
    for (const message of messages) {
      bytes += weigh(message)
      if (bytes > maxBytes) {
        signals.push({ kind: 'messages', threads: [] })
        bytes = weigh(message)
        part = undefined
      }
      if (part === undefined) {
        part = { thread_id, messages: [], stamp }
        signals.at(-1)?.threads.push(part)
      }
      part.messages.push(message)
    }
  }
  return signals
}

function weigh({ body }: Message): number {
  return body.length * bytesPerCharacter + bytesAround
}

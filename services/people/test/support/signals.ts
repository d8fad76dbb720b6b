import { connectBus } from '@belay/bus'
import { liveSubjects } from '@belay/contracts'
import { createLogger } from '@belay/kit'

/** Collects the signals that open sockets of a person would receive. Resolves once it is subscribed. */
export async function listenToSignals(nats: { url: string }, userId: string) {
  const bus = await connectBus({
    url: nats.url,
    name: 'people-tests',
    log: createLogger({ service: 'people-tests', level: 'silent' })
  })
  const signals: unknown[] = []
  const subject = liveSubjects.access(userId)
  await new Promise<void>((resolve) => {
    bus.listenLive(subject, (signal) => {
      if (signal === 'listening') resolve()
      else signals.push(signal)
    })
    bus.publishLive(subject, 'listening')
  })
  return { signals, [Symbol.asyncDispose]: () => bus.close() }
}

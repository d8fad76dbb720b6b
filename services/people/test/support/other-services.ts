import { connectBus } from '@belay/bus'
import { applyEventIn } from '@belay/contracts'
import { createLogger } from '@belay/kit'

/**
 * Stands in for the services besides chat that must apply what happens to accounts: commands succeed only when they
 * confirm. Resolves, once they answer, to the way to end them.
 */
export async function startOtherServices(nats: { url: string }): Promise<() => Promise<void>> {
  const log = createLogger({ service: 'other-services', level: 'silent' })
  const bus = await connectBus({ url: nats.url, name: 'other-services', log })
  for (const service of ['sessions', 'notifications'] as const) {
    await bus.answer(applyEventIn(service, 'people'), async () => ({ applied: true as const }))
  }
  return () => bus.close()
}

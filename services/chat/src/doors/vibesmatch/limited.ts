import { consumeLimit, type Limit, returnUse } from '@belay/kit'
import type { FastifyRequest } from 'fastify'

/** Reads something in a limit of the caller's; a read that fails does not count. Throws RateLimited. */
export async function limited<T>(
  { server, user }: FastifyRequest,
  limit: Limit | null,
  read: () => Promise<T>
): Promise<T> {
  const { store, runtime } = server.chat
  const use = { subject: user.id, limit, now: runtime.clock.now() }
  await consumeLimit(store.db, use)
  try {
    return await read()
  } catch (error) {
    await returnUse(store.db, use)
    throw error
  }
}

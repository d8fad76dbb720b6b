import { type Bus, BusUnavailable } from '@belay/bus'
import { FindEmail } from '@belay/contracts'

/** Returns the email address of a person, or null while the people service does not answer: it is no reason to fail. */
export async function findEmail(bus: Bus, userId: string): Promise<string | null> {
  try {
    return (await bus.ask(FindEmail, { user_id: userId })).email
  } catch (error) {
    if (error instanceof BusUnavailable) return null
    throw error
  }
}

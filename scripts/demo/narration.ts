import { check } from './check.ts'
import type { Person } from './person.ts'

/** Prints one step of the story. */
export type Say = (line: string) => void

/** Waits until a person's inbox contains a notification of this type. */
export async function notified(person: Person, type: string, say: Say): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const inbox = await person.call('GET', `/api/notifications/?type=${type}`, 200)
    const [notification] = check.list(inbox, 'results')
    if (notification) {
      say(`${person.name} is notified: "${check.text(notification, 'message')}"`)
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  check.that(false, `${person.name} was never notified of ${type}`)
}

import type { Person } from './users.repository.ts'

/** Thrown when an event names somebody whose registration has not arrived yet: the event is tried again. */
class UnknownPerson extends Error {
  constructor(id: string) {
    super(`nothing is known of the person ${id} yet`)
    this.name = 'UnknownPerson'
  }
}

/** Somebody among those looked up, erased or not. @throws UnknownPerson */
export function knownPerson(people: ReadonlyMap<string, Person>, id: string): Person {
  const person = people.get(id)
  if (person === undefined) throw new UnknownPerson(id)
  return person
}

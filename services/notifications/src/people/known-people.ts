import type { Person } from './users.repository.ts'

/** Thrown when an event names a person whose registration has not arrived yet: the event is retried. */
class UnknownPerson extends Error {
  constructor(id: string) {
    super(`the registration of ${id} has not arrived yet`)
    this.name = 'UnknownPerson'
  }
}

/** Returns a person among those looked up, erased or not. Throws UnknownPerson. */
export function knownPerson(people: ReadonlyMap<string, Person>, id: string): Person {
  const person = people.get(id)
  if (person === undefined) throw new UnknownPerson(id)
  return person
}

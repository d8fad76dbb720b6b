import type { Person } from './users.repository.ts'

/** Thrown when an event names somebody whose registration has not arrived yet: the event is tried again. */
class UnknownPerson extends Error {
  constructor(id: string) {
    super(`nothing is known of the person ${id} yet`)
    this.name = 'UnknownPerson'
  }
}

/** People as far as they are known, by id. */
export type People = ReadonlyMap<string, Person>

/** Somebody among those looked up, erased or not. @throws UnknownPerson */
export function knownPerson(people: People, id: string): Person {
  const person = people.get(id)
  if (person === undefined) throw new UnknownPerson(id)
  return person
}

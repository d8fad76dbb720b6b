import { ageOn, type DiscoveredUser, type Match } from '@belay/contracts'
import type { Static } from 'typebox'
import type { MatchView } from '#src/matches/matches.repository.ts'
import type { User } from '#src/users/users.repository.ts'

type ShownPerson = Pick<User, 'id' | 'display_name' | 'profile_photos' | 'bio' | 'birthdate'>

export function presentPerson(person: ShownPerson, now: Date): Static<typeof DiscoveredUser> {
  const { id, display_name: name, profile_photos, bio, birthdate } = person
  return { id, name, profile_photos, bio, age: birthdate === null ? null : ageOn(birthdate, now) }
}

export function presentMatch(match: MatchView, now: Date): Static<typeof Match> {
  return { match_id: match.match_id, user: presentPerson(match, now), created_at: match.created_at.toISOString() }
}

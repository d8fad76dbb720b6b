import { Type } from 'typebox'
import { CalendarDate, Id, Nullable } from './text.ts'

export const Tier = Type.Union([Type.Literal('free'), Type.Literal('premium')])
export const Role = Type.Union([Type.Literal('user'), Type.Literal('admin')])

/** Why a person is reported. */
export const ReportReason = Type.Union([
  Type.Literal('fake_profile'),
  Type.Literal('inappropriate_behavior'),
  Type.Literal('spam'),
  Type.Literal('harassment'),
  Type.Literal('safety'),
  Type.Literal('other')
])

export const ReportStatus = Type.Union([
  Type.Literal('pending'),
  Type.Literal('reviewed'),
  Type.Literal('resolved'),
  Type.Literal('dismissed')
])

/** A person as other people may see them. */
export const PublicProfile = Type.Object(
  {
    id: Id,
    display_name: Type.String(),
    avatar: Nullable(Type.String()),
    bio: Type.String()
  },
  { $id: 'PublicProfile' }
)

/** A person in a list or beside a plan. */
export const PersonSummary = Type.Object(
  { id: Id, display_name: Type.String(), avatar: Nullable(Type.String()) },
  { $id: 'PersonSummary' }
)

/** What the services store about a person; `version` grows with every change, and only a higher one is applied. */
export const Account = Type.Object({
  id: Id,
  display_name: Type.String(),
  avatar: Nullable(Type.String()),
  bio: Type.String(),
  tier: Tier,
  role: Role,
  disabled: Type.Boolean(),
  profile_photos: Type.Optional(Type.Array(Type.String())),
  birthdate: Type.Optional(Nullable(CalendarDate)),
  version: Type.Integer({ minimum: 1 })
})

/** The public keys of access tokens (RFC 7517). */
export const Jwks = Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.Unknown())) }, { $id: 'Jwks' })

/** Returns the age of a person, in full years, on the day of `now` in UTC. */
export function ageOn(birthdate: string, now: Date): number {
  const today = now.toISOString()
  const years = Number(today.slice(0, 4)) - Number(birthdate.slice(0, 4))
  return today.slice(5, 10) < birthdate.slice(5) ? years - 1 : years
}

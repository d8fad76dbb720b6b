import { type Static, Type } from 'typebox'
import { Role, Tier } from '../../people.ts'
import { CalendarDate, Email, Id, NewPassword, Nullable, Text, Timestamp, TriedPassword } from '../../text.ts'

const PhotoUrl = Type.String({ trim: true, format: 'uri', pattern: '^https?://', maxLength: 2048 })

export const RegisterBody = Type.Object({
  email: Email,
  password: NewPassword,
  display_name: Text({ max: 120 })
})

export const LoginBody = Type.Object({
  email: Type.String({ trim: true, minLength: 1, maxLength: 254 }),
  password: TriedPassword
})

/** The response to signing in; the refresh token travels in a cookie. */
export const SignedIn = Type.Object(
  {
    access_token: Type.String(),
    token_type: Type.Literal('bearer'),
    expires_in: Type.Integer({ description: 'Seconds' }),
    user_id: Id,
    display_name: Type.String(),
    email: Type.String()
  },
  { $id: 'SignedIn' }
)

export const RefreshedToken = Type.Object({ access: Type.String() }, { $id: 'RefreshedToken' })

/** A person's own profile. A person from another identity provider may have no email address here. */
export const OwnProfile = Type.Object(
  {
    id: Id,
    email: Nullable(Type.String()),
    display_name: Type.String(),
    avatar: Nullable(Type.String()),
    bio: Type.String(),
    birthdate: Nullable(CalendarDate),
    profile_photos: Type.Array(Type.String()),
    tier: Tier,
    role: Role,
    created_at: Timestamp
  },
  { $id: 'OwnProfile' }
)

/** The response to signing in for clients of the Send Buddy API; the refresh token travels in a cookie. */
export const SendBuddySignedIn = Type.Object({ user: OwnProfile, access: Type.String() }, { $id: 'SendBuddySignedIn' })

export const UpdateProfileBody = Type.Partial(
  Type.Object({
    display_name: Text({ max: 120 }),
    avatar: Nullable(PhotoUrl),
    bio: Text({ min: 0, max: 2000 }),
    birthdate: Nullable(CalendarDate),
    profile_photos: Type.Array(PhotoUrl, { maxItems: 20 })
  }),
  { minProperties: 1 }
)
export type UpdateProfileBody = Static<typeof UpdateProfileBody>

export const DeleteAccountBody = Type.Object({ password: TriedPassword })

export const AccountErased = Type.Object({ message: Type.String() }, { $id: 'AccountErased' })

export const UpdateUserAsAdminBody = Type.Partial(Type.Object({ tier: Tier, disabled: Type.Boolean() }), {
  minProperties: 1
})

/** A user as an administrator sees them. */
export const UserAsAdmin = Type.Object(
  {
    id: Id,
    email: Nullable(Type.String()),
    display_name: Type.String(),
    tier: Tier,
    role: Role,
    disabled: Type.Boolean()
  },
  { $id: 'UserAsAdmin' }
)

import { Type } from 'typebox'
import { Jwks } from '../people.ts'
import { Id, Nullable } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/** The public keys by which every service checks access tokens itself. */
export const ListSigningKeys = defineQuestion({
  service: 'people',
  method: 'signing-keys',
  input: Type.Object({}),
  output: Jwks
})

/** The user behind a verified token of the host app's own identity provider; the first token of a person creates one. */
export const ResolveIdentity = defineQuestion({
  service: 'people',
  method: 'resolve-identity',
  input: Type.Object({
    issuer: Type.String(),
    subject: Type.String(),
    email: Type.Optional(Type.String()),
    name: Type.Optional(Type.String())
  }),
  output: Type.Object({ user_id: Id })
})

/** The email address of a person, to show it to themselves; null for an unknown person and for an account without one. */
export const FindEmail = defineQuestion({
  service: 'people',
  method: 'find-email',
  input: Type.Object({ user_id: Id }),
  output: Type.Object({ email: Nullable(Type.String()) })
})

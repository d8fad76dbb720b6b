import { Type } from 'typebox'
import { Id, Text } from '../text.ts'

/** The envelope of every VibesMatch answer. */
export function Success<T extends Parameters<typeof Type.Array>[0]>(data: T) {
  return Type.Object({ success: Type.Literal(true), data })
}

/** The same, for lists that go on. */
export function SuccessPage<T extends Parameters<typeof Type.Array>[0]>(data: T) {
  return Type.Object({
    success: Type.Literal(true),
    data,
    meta: Type.Object({
      pagination: Type.Object({ cursor: Type.Union([Type.String(), Type.Null()]), hasMore: Type.Boolean() })
    })
  })
}

export const BlockBody = Type.Object({ reason: Type.Optional(Text({ min: 0, max: 100 })) })

export const BlockedUser = Type.Object({ id: Id, name: Type.String(), profile_photos: Type.Array(Type.String()) })

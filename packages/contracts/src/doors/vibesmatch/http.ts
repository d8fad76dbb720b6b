import { Type } from 'typebox'
import { Cursor, Id, Nullable, Text } from '../../text.ts'

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

/** The data of a call that answers with words alone. */
export const Done = Type.Object({ message: Type.String() })

/** A list that goes on: `cursor` is the one of the page before. */
export const CursorQuery = Type.Object({
  cursor: Type.Optional(Cursor),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 })
})

export const BlockBody = Type.Object({ reason: Type.Optional(Nullable(Text({ min: 0, max: 100 }))) })

export const BlockedUser = Type.Object({ id: Id, name: Type.String(), profile_photos: Type.Array(Type.String()) })

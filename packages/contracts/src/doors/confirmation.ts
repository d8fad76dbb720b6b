import { Type } from 'typebox'

/** The response to a call that returns no data; `message` is human-readable. */
export const Confirmation = Type.Object({ message: Type.String() }, { $id: 'Confirmation' })

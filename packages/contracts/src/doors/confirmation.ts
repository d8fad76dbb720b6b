import { Type } from 'typebox'

/** The answer of a call that has nothing to say but that it was done; `message` is for people. */
export const Confirmation = Type.Object({ message: Type.String() }, { $id: 'Confirmation' })

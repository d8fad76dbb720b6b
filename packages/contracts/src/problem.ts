import { Type } from 'typebox'

/** An error body of every front door but VibesMatch: a problem document (RFC 9457) whose `detail` old clients read. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String(),
    instance: Type.String(),
    code: Type.String({ description: 'Stable, for programs; the words of `detail` are for people.' }),
    request_id: Type.String(),
    errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() })))
  },
  { $id: 'Problem' }
)

/** An error body of the VibesMatch front door. */
export const VibesMatchFailure = Type.Object(
  {
    success: Type.Literal(false),
    error: Type.Object({ code: Type.String(), message: Type.String() })
  },
  { $id: 'VibesMatchFailure' }
)

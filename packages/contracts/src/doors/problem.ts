import { Type } from 'typebox'
import type { ErrorFormat } from './door.ts'

const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  detail: Type.String(),
  instance: Type.String(),
  code: Type.String({ description: 'Stable and machine-readable; `detail` is for people.' }),
  request_id: Type.String(),
  errors: Type.Optional(Type.Array(Type.Object({ field: Type.String(), message: Type.String() })))
})

/** Errors as problem documents (RFC 9457); old clients read their `detail` as well. */
export const problemDocuments: ErrorFormat = {
  mediaType: 'application/problem+json',
  schema: Problem,
  schemaName: 'Problem',
  body: ({ status, title, code, detail, path, requestId, members }) => ({
    // With `about:blank` the title is that of the status, and `code` identifies the problem.
    type: 'about:blank',
    title,
    status,
    detail,
    instance: path,
    code,
    request_id: requestId,
    ...members
  })
}

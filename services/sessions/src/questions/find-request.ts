import { FindRequest } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Kysely } from 'kysely'
import { findRequest } from '#src/requests/requests.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const answerFindRequest = (db: Kysely<SessionsDatabase>) =>
  answerer(FindRequest, async ({ request_id }) => {
    const request = await findRequest(db, request_id)
    if (!request) return { request: null }
    const { event_id, host_id, guest_id, status, version } = request
    return { request: { request_id: request.id, event_id, host_id, guest_id, status, version } }
  })

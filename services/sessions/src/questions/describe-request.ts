import { DescribeRequest } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Kysely } from 'kysely'
import { presentRequest } from '#src/requests/present-request.ts'
import { findRequestView } from '#src/requests/request-views.repository.ts'
import type { SessionsDatabase } from '#src/schema.ts'

export const answerDescribeRequest = (db: Kysely<SessionsDatabase>) =>
  answerer(DescribeRequest, async ({ request_id }) => {
    const request = await findRequestView(db, request_id)
    if (!request) return { request: null, booking: null }
    const { booking_id: id, booking_status: status } = request
    return { request: presentRequest(request), booking: id && status ? { id, status } : null }
  })

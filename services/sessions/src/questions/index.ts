import type { Backbone } from '@belay/kit'
import type { SessionsDatabase } from '#src/schema.ts'
import { answerDescribeEvents } from './describe-events.ts'
import { answerDescribeRequest } from './describe-request.ts'
import { answerFindRequest } from './find-request.ts'

/** Every question that this service answers. */
export const questions = ({ db }: Backbone<SessionsDatabase>) => [
  answerFindRequest(db),
  answerDescribeRequest(db),
  answerDescribeEvents(db)
]

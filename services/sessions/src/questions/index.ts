import type { Backbone } from '@belay/kit'
import type { SessionsDatabase } from '#src/schema.ts'
import { answerListRequests } from './list-requests.ts'

/** Every question that this service answers. */
export const questions = ({ db }: Backbone<SessionsDatabase>) => [answerListRequests(db)]

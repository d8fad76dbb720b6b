import type { Backbone } from '@belay/kit'
import type { SessionsDatabase } from '#src/schema.ts'
import { answerFindSession } from './find-session.ts'

/** Every question that this service answers. */
export const questions = ({ db }: Backbone<SessionsDatabase>) => [answerFindSession(db)]

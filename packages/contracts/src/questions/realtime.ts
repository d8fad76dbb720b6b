import { Type } from 'typebox'
import { Id } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/** Everybody with a live socket on one realtime gateway; each gateway answers under its own id. */
export const listPresence = (gatewayId: string) =>
  defineQuestion({
    service: 'realtime',
    method: `list-presence.${gatewayId}`,
    input: Type.Object({}),
    output: Type.Object({
      version: Type.Integer(),
      live: Type.Array(Type.Object({ thread_id: Id, user_id: Id }))
    })
  })

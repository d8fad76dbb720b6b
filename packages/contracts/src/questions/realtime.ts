import { Type } from 'typebox'
import { Id } from '../text.ts'
import { defineQuestion } from './define-question.ts'

/** Who has a live connection in which thread on one realtime gateway; each gateway answers under its own id. */
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

/** Who is online on one realtime gateway; each gateway answers under its own id. */
export const listOnline = (gatewayId: string) =>
  defineQuestion({
    service: 'realtime',
    method: `list-online.${gatewayId}`,
    input: Type.Object({}),
    output: Type.Object({ version: Type.Integer(), user_ids: Type.Array(Id) })
  })

import { FeedbackGiven } from '@belay/contracts'
import { defineSubscriber } from '@belay/events'
import type { Notifications } from '#src/context.ts'
import { resolve } from '#src/reading/resolve.ts'
import type { NotificationsDatabase } from '#src/schema.ts'

export const feedbackGiven = ({ runtime }: Notifications) =>
  defineSubscriber<NotificationsDatabase>()({
    durable: 'notifications-feedback-given',
    event: FeedbackGiven,
    async handle({ event, trx }) {
      const { author_id: userId, session_id: subjectId } = event.data
      await resolve(trx, { userId, type: 'feedback_requested', subjectId }, runtime.clock.now())
    }
  })

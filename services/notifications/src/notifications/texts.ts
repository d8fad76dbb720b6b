import type { NotificationType } from '@belay/contracts'
import type { Words } from '#src/schema.ts'

interface Text {
  title: string
  message: string
}

const texts: Partial<Record<NotificationType, (name: string, words: Words) => Text>> = {
  session_invited: (name, { plan }) => ({
    title: 'New invitation',
    message: `${name} invited you to climb ${plan}`
  }),
  session_accepted: (name, { plan }) => ({
    title: 'Invitation accepted',
    message: `${name} accepted your invitation to climb ${plan}`
  }),
  session_declined: (name, { plan }) => ({
    title: 'Invitation declined',
    message: `${name} declined your invitation to climb ${plan}`
  }),
  session_cancelled: (name, { plan }) => ({
    title: 'Session cancelled',
    message: `${name} cancelled your session ${plan}`
  }),
  feedback_requested: (name, { plan }) => ({
    title: 'How was your session?',
    message: `Your session ${plan} with ${name} is completed. Please give feedback.`
  }),
  event_request_received: (name, { event }) => ({
    title: 'New guest request',
    message: `${name} asks to join ${event}`
  }),
  event_request_accepted: (name, { event }) => ({
    title: 'Request accepted',
    message: `${name} accepted your request to join ${event}`
  }),
  event_request_declined: (name, { event }) => ({
    title: 'Request declined',
    message: `${name} declined your request to join ${event}`
  }),
  event_updated: (_name, { event, whenAndWhere }) => ({
    title: 'Event moved',
    message: `${event} has moved: ${whenAndWhere}`
  }),
  event_cancelled: (name, { event }) => ({ title: 'Event cancelled', message: `${name} cancelled ${event}` }),
  message_request_received: (name) => ({
    title: 'New message request',
    message: `${name} would like to chat with you`
  }),
  message_request_accepted: (name) => ({
    title: 'Message request accepted',
    message: `${name} accepted your message request`
  }),
  buddy_session_scheduled: (name, { plan }) => ({
    title: 'Session scheduled',
    message: `${name} scheduled a session with you ${plan}`
  }),
  buddy_session_completed: (name, { plan }) => ({
    title: 'Session completed',
    message: `You and ${name} completed your session ${plan}`
  }),
  buddy_session_cancelled: (name, { plan }) => ({
    title: 'Session cancelled',
    message: `Your session with ${name} ${plan} was cancelled`
  }),
  match_created: (name) => ({ title: 'New match', message: `You and ${name} matched` }),
  message_received: (name, { excerpt }) => ({ title: `New message from ${name}`, message: excerpt ?? '' })
}

/** The title and the message of a notification about a person of this name. */
export function textOf(type: NotificationType, name: string, words: Words): Text {
  return texts[type]?.(name, words) ?? { title: '', message: '' }
}

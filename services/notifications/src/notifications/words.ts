import type { NotificationType } from '@belay/contracts'
import type { Words } from '#src/schema.ts'

interface Said {
  title: string
  message: string
}

const sayings: Partial<Record<NotificationType, (name: string, words: Words) => Said>> = {
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
  message_received: (name, { excerpt }) => ({ title: `New message from ${name}`, message: excerpt ?? '' })
}

/** What a notification of this type says about a person of this name. */
export function say(type: NotificationType, name: string, words: Words): Said {
  return sayings[type]?.(name, words) ?? { title: '', message: '' }
}

/** `on 2026-03-16 at Thaiwand Wall`, or without the place when none was named. */
export function planWords(session: { proposed_date: string; crag: string }): string {
  const day = `on ${session.proposed_date}`
  return session.crag === '' ? day : `${day} at ${session.crag}`
}

/** `2099-06-02 10:30 UTC, Court 3, Main Street 1`, as far as the event says it. */
export function whenAndWhereWords(event: {
  starts_at: string
  location?: string | null
  address?: string | null
}): string {
  const time = `${event.starts_at.slice(0, 16).replace('T', ' ')} UTC`
  return [time, event.location, event.address].filter(Boolean).join(', ')
}

/** What a notification shows of a message: all of it up to 140 characters, else the beginning. */
export function excerptOf(body: string): string {
  const characters = [...body]
  return characters.length > 140 ? `${characters.slice(0, 139).join('')}…` : body
}

import type { NotificationType } from '@belay/contracts'

/** What a notification about a session says. `name` is the other person's, `plan` the day and the place. */
export interface SessionWords {
  name: string
  plan: string
}

type Words = (about: SessionWords) => { title: string; message: string }

/** The words of every notification about a session. */
export const sessionWords = {
  session_invited: ({ name, plan }) => ({
    title: 'New invitation',
    message: `${name} invited you to climb ${plan}`
  }),
  session_accepted: ({ name, plan }) => ({
    title: 'Invitation accepted',
    message: `${name} accepted your invitation to climb ${plan}`
  }),
  session_declined: ({ name, plan }) => ({
    title: 'Invitation declined',
    message: `${name} declined your invitation to climb ${plan}`
  }),
  session_cancelled: ({ name, plan }) => ({
    title: 'Session cancelled',
    message: `${name} cancelled your session ${plan}`
  }),
  feedback_requested: ({ name, plan }) => ({
    title: 'How was your session?',
    message: `Your session ${plan} with ${name} is completed. Please give feedback.`
  })
} as const satisfies Partial<Record<NotificationType, Words>>

/** What a notification about an event says. `name` is the other person's, `title` the event's. */
interface EventWords {
  name: string
  title: string
}

/** The words of every notification about a request to join an event. */
export const requestWords = {
  event_request_received: ({ name, title }) => ({
    title: 'New guest request',
    message: `${name} asks to join ${title}`
  }),
  event_request_accepted: ({ name, title }) => ({
    title: 'Request accepted',
    message: `${name} accepted your request to join ${title}`
  }),
  event_request_declined: ({ name, title }) => ({
    title: 'Request declined',
    message: `${name} declined your request to join ${title}`
  })
} as const satisfies Partial<Record<NotificationType, (about: EventWords) => { title: string; message: string }>>

/** What the guests of an event read that will not take place. */
export function eventCancelledWords({ name, title }: EventWords): { title: string; message: string } {
  return { title: 'Event cancelled', message: `${name} cancelled ${title}` }
}

/** What the guests of an event read that takes place at another time or elsewhere. */
export function eventUpdatedWords(event: {
  title: string
  starts_at: string
  location?: string | null
  address?: string | null
}): { title: string; message: string } {
  const time = `${event.starts_at.slice(0, 16).replace('T', ' ')} UTC`
  const whenAndWhere = [time, event.location, event.address].filter(Boolean).join(', ')
  return { title: 'Event moved', message: `${event.title} has moved: ${whenAndWhere}` }
}

/** `on 2026-03-16 at Thaiwand Wall`, or without the place when none was named. */
export function planWords(session: { proposed_date: string; crag: string }): string {
  const day = `on ${session.proposed_date}`
  return session.crag === '' ? day : `${day} at ${session.crag}`
}

/** What a notification shows of a message: all of it up to 140 characters, else the beginning. */
export function excerptOf(body: string): string {
  const characters = [...body]
  return characters.length > 140 ? `${characters.slice(0, 139).join('')}…` : body
}

/** What a notification about one or more messages says. */
export function messageWords(name: string, excerpt: string): { title: string; message: string } {
  return { title: `New message from ${name}`, message: excerpt }
}

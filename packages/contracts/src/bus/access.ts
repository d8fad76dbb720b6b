import { BuddySessionCancelled, BuddySessionCompleted, BuddySessionScheduled } from '../events/buddy-sessions.ts'
import {
  ConversationStarted,
  MessageRequestAccepted,
  MessageRequestCancelled,
  MessageRequestDeclined,
  MessageRequestSent,
  MessageSent,
  ThreadMemberLeft,
  ThreadRead
} from '../events/chat.ts'
import type { EventDefinition } from '../events/define-event.ts'
import {
  EventCancelled,
  EventUpdated,
  RequestAccepted,
  RequestDeclined,
  RequestSubmitted,
  RequestWithdrawn,
  TagDeleted
} from '../events/gatherings.ts'
import {
  MatchCreated,
  MatchEnded,
  UserBlocked,
  UserDeleted,
  UserRegistered,
  UserUnblocked,
  UserUpdated
} from '../events/people.ts'
import {
  FeedbackGiven,
  SessionAccepted,
  SessionCancelled,
  SessionCompleted,
  SessionDeclined,
  SessionInvited
} from '../events/sessions.ts'
import { liveSubjects } from '../live/live.ts'
import { UserOffline, UserOnline } from '../live/online-events.ts'
import {
  AnswerLike,
  AppendMessages,
  CheckSubscriptions,
  JoinConversations,
  JoinThread,
  ListMessagesAfter,
  ListMessagesBetween,
  ListMissedMessages,
  ListNewestMessages,
  ListThreadActivity,
  MarkMessageRead,
  SendDirectMessage,
  SummariseThreads
} from '../questions/chat.ts'
import type { QuestionDefinition } from '../questions/define-question.ts'
import { FindEmail, ListSigningKeys, ResolveIdentity } from '../questions/people.ts'
import { listOnline, listPresence } from '../questions/realtime.ts'
import { ListRequests } from '../questions/sessions.ts'
import { type BusService, busServices, type DatabaseService } from '../services.ts'

/** Everything with its own login: the services, their operators, and the services of other teams. */
export const busLogins = [...busServices, 'operator', 'subscriber'] as const
export type BusLogin = (typeof busLogins)[number]

/** What one service does on NATS; `permissions.ts` derives the rest. */
export interface BusAccess {
  /** The name under which it publishes events; null if it publishes none. */
  readonly source: DatabaseService | null
  /** The events that it has durable consumers of. */
  readonly consumes: readonly EventDefinition[]
  /** The questions that it asks others. */
  readonly asks: readonly Pick<QuestionDefinition, 'service' | 'subject'>[]
  /** Its name in the subjects of the questions that it answers. */
  readonly serviceName: string
  /** The live subjects that it publishes to, and those of events that no stream keeps. */
  readonly publishes: readonly string[]
  /** The live subjects that it subscribes to. */
  readonly subscribes: readonly string[]
}

const verifyingTokens = [ListSigningKeys, ResolveIdentity]
const accounts = [UserRegistered, UserUpdated, UserDeleted]
const sessionMoves = [SessionInvited, SessionAccepted, SessionDeclined, SessionCancelled, SessionCompleted]

/**
 * Who may do what on NATS: the one definition from which the logins' permissions are made. A test compares it with the
 * services' code in both directions.
 */
export const busAccess: Readonly<Record<BusService, BusAccess>> = {
  people: {
    source: 'people',
    consumes: [MessageRequestSent, MessageRequestAccepted, ConversationStarted],
    asks: [AnswerLike, ListMessagesBetween],
    serviceName: 'people',
    publishes: [liveSubjects.everyAccess],
    subscribes: []
  },
  sessions: {
    source: 'sessions',
    consumes: [...accounts, UserBlocked, UserUnblocked, MatchCreated, MatchEnded],
    asks: [...verifyingTokens, FindEmail, ListThreadActivity, SummariseThreads, ListNewestMessages],
    serviceName: 'sessions',
    publishes: [],
    subscribes: []
  },
  chat: {
    source: 'chat',
    consumes: [
      ...accounts,
      UserBlocked,
      UserUnblocked,
      MatchCreated,
      MatchEnded,
      ...sessionMoves,
      BuddySessionScheduled,
      BuddySessionCompleted,
      EventUpdated,
      EventCancelled,
      TagDeleted,
      RequestSubmitted,
      RequestAccepted,
      RequestDeclined,
      RequestWithdrawn
    ],
    asks: [...verifyingTokens, ListRequests, listOnline('*')],
    serviceName: 'chat',
    publishes: [
      liveSubjects.log,
      liveSubjects.thread('*'),
      liveSubjects.contact('*'),
      liveSubjects.presenceCall,
      UserOnline.subject,
      UserOffline.subject
    ],
    subscribes: [liveSubjects.everyOnline]
  },
  notifications: {
    source: 'notifications',
    consumes: [
      ...accounts,
      UserBlocked,
      UserUnblocked,
      ...sessionMoves,
      EventUpdated,
      EventCancelled,
      RequestSubmitted,
      RequestAccepted,
      RequestDeclined,
      RequestWithdrawn,
      FeedbackGiven,
      BuddySessionScheduled,
      BuddySessionCompleted,
      BuddySessionCancelled,
      MatchCreated,
      MessageRequestSent,
      MessageRequestAccepted,
      MessageRequestDeclined,
      MessageRequestCancelled,
      MessageSent,
      ThreadRead,
      ThreadMemberLeft
    ],
    asks: [...verifyingTokens, listPresence('*')],
    serviceName: 'notifications',
    publishes: [liveSubjects.user('*'), liveSubjects.presenceCall],
    subscribes: [liveSubjects.everyPresence]
  },
  'realtime-gateway': {
    source: null,
    consumes: [],
    asks: [
      ...verifyingTokens,
      JoinThread,
      ListMessagesAfter,
      CheckSubscriptions,
      AppendMessages,
      JoinConversations,
      SendDirectMessage,
      MarkMessageRead,
      ListMissedMessages
    ],
    serviceName: 'realtime',
    publishes: [liveSubjects.thread('*'), liveSubjects.everyPresence, liveSubjects.everyOnline],
    subscribes: [
      liveSubjects.log,
      liveSubjects.thread('*'),
      liveSubjects.user('*'),
      liveSubjects.contact('*'),
      liveSubjects.everyAccess,
      liveSubjects.presenceCall
    ]
  }
}

/** The name of a service's durable consumer of an event: one durable, one event, one file. */
export function durableOf(service: BusService, { type }: Pick<EventDefinition, 'type'>): string {
  const [, , entity, verb] = type.split('.')
  return `${service}-${entity}-${verb}`
}

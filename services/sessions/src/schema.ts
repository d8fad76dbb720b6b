import type { BuddySessionStatus, Difficulty } from '@belay/contracts'
import type { EventTables } from '@belay/events'
import type { KitTables } from '@belay/kit'
import type { BlockTables, UserRow } from '@belay/people-projection'
import type { Static } from 'typebox'

/** Also keeps the biography, which a session shows of its two people. */
interface UserWithBio extends UserRow {
  bio: string
}

export interface TripRow {
  id: string
  /** Null once the owner's account is erased. */
  owner_id: string | null
  destination_slug: string
  destination_name: string
  /** `YYYY-MM-DD`, like every date here. */
  start_date: string
  end_date: string
  created_at: Date
}

export type SessionStatus = 'pending' | 'accepted' | 'declined' | 'cancelled' | 'completed'

export interface SessionRow {
  id: string
  inviter_id: string
  invitee_id: string
  trip_id: string
  proposed_date: string
  time_block: 'morning' | 'afternoon' | 'full_day'
  crag: string
  goal: string
  status: SessionStatus
  /** Grows with every change; travels in the events. */
  version: number
  created_at: Date
  updated_at: Date
}

export interface FeedbackRow {
  id: string
  session_id: string
  author_id: string
  subject_id: string
  safety_rating: number
  communication_rating: number
  overall_rating: number
  notes: string
  created_at: Date
}

/** What a person sets out to do in a buddy session. */
export interface ChallengeRow {
  id: string
  title: string
  description: string
  difficulty: Static<typeof Difficulty>
  points: number
  created_at: Date
}

/** A match as the people service last published it. */
export interface MatchRow {
  id: string
  /** The lower id first. */
  user1_id: string
  user2_id: string
  active: boolean
  version: number
}

export interface BuddySessionRow {
  id: string
  match_id: string
  user1_id: string
  user2_id: string
  user1_challenge_id: string
  user2_challenge_id: string
  venue_name: string
  scheduled_time: Date
  status: Static<typeof BuddySessionStatus>
  user1_confirmed_by_user2: boolean
  user2_confirmed_by_user1: boolean
  notes: string
  /** Grows with every change that an event is published for. */
  version: number
  created_at: Date
  updated_at: Date
  completed_at: Date | null
}

/** What a completed session earned a person. */
export interface ReputationCreditRow {
  buddy_session_id: string
  user_id: string
  points: number
  created_at: Date
}

/** What people gather for; the tables still call it an event. */
export interface GatheringRow {
  id: string
  /** Of the group, chosen when the gathering is created; chat opens it with the first accepted request. */
  thread_id: string
  host_id: string
  title: string
  description: string | null
  starts_at: Date
  /** Places, the host's included. */
  capacity: number
  /** Taken places: the host's and those of confirmed bookings. Changed only under the row's lock. */
  booked: number
  activity_type: string | null
  location: string | null
  address: string | null
  auto_accept: boolean
  status: 'scheduled' | 'cancelled'
  /** Grows with every change that the host makes; travels in the events. */
  version: number
  created_at: Date
  updated_at: Date
}

export interface TagRow {
  id: string
  name: string
  color: string | null
  description: string | null
  /** Null for tags that are older than this column. */
  created_by: string | null
  created_at: Date
}

/** Every ending of every tag's name, in lower case. */
export interface TagNameEndingRow {
  ending: string
  tag_id: string
}

export interface EventTagRow {
  event_id: string
  tag_id: string
}

export type RequestStatus = 'SUBMITTED' | 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN'

/** A guest's request to join a gathering. */
export interface RequestRow {
  id: string
  event_id: string
  /** The event's host, who never changes. */
  host_id: string
  guest_id: string
  status: RequestStatus
  /** Grows with every change; travels in the events. */
  version: number
  created_at: Date
  updated_at: Date
}

/** A guest's place in a gathering; a request gets one at most. */
export interface BookingRow {
  id: string
  request_id: string
  event_id: string
  guest_id: string
  status: 'CONFIRMED' | 'CANCELLED'
  created_at: Date
  updated_at: Date
}

/** Every table of the sessions schema. */
export interface SessionsDatabase extends EventTables, KitTables, BlockTables {
  users: UserWithBio
  trips: TripRow
  sessions: SessionRow
  feedback: FeedbackRow
  events: GatheringRow
  tags: TagRow
  tag_name_endings: TagNameEndingRow
  event_tags: EventTagRow
  requests: RequestRow
  bookings: BookingRow
  challenges: ChallengeRow
  matches: MatchRow
  buddy_sessions: BuddySessionRow
  reputation_credits: ReputationCreditRow
}

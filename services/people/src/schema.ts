import type { ReportedMessage, ReportReason, ReportStatus } from '@belay/contracts'
import type { EventStore, EventTables } from '@belay/events'
import type { KitTables } from '@belay/kit'
import type { ColumnType, Generated } from 'kysely'
import type { Static } from 'typebox'

export interface UserRow {
  id: string
  /** As its owner writes it; null for an erased account and for an external one that names none. */
  email: string | null
  /** What the spellings of the address have in common, and unique; null where the address belongs to another account. */
  email_key: string | null
  /** Argon2id in PHC form; null when the account belongs to another identity provider. */
  password_hash: string | null
  display_name: string
  bio: Generated<string>
  birthdate: string | null
  profile_photos: Generated<string[]>
  tier: Generated<'free' | 'premium'>
  role: Generated<'user' | 'admin'>
  disabled: Generated<boolean>
  version: Generated<number>
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
}

/** Which user a subject of another identity provider is. */
interface ExternalIdentityRow {
  issuer: string
  subject: string
  user_id: string
  created_at: Date
}

/** One sign-in on one device. Its id is the `sid` of its access tokens. */
interface SignInRow {
  id: string
  user_id: string
  created_at: Date
  expires_at: Date
  revoked_at: Date | null
}

interface RefreshTokenRow {
  /** SHA-256 of the token; the token itself is known to the client alone. */
  token_hash: Buffer
  sign_in_id: string
  created_at: Date
  expires_at: Date
  /** When it was exchanged, by the database's clock. */
  used_at: Date | null
  /** The salt from which its successor is derived; null while it is unused. */
  successor_salt: Buffer | null
}

export interface SigningKeyRow {
  /** The `kid` of tokens and of the published key. */
  id: string
  algorithm: string
  public_jwk: Record<string, unknown>
  sealed_private_key: Buffer
  created_at: Date
  signs_from: Date
}

export interface BlockRow {
  blocker_id: string
  blocked_id: string
  /** New with every blocking, and always greater: it orders the list. */
  id: string
  reason: string | null
  active: boolean
  version: number
  created_at: Date
  updated_at: Date
}

export interface ReportRow {
  id: string
  reporter_id: string
  reported_id: string
  reason: Static<typeof ReportReason>
  description: string | null
  status: Static<typeof ReportStatus>
  /** Only administrators see them. */
  admin_notes: string | null
  /** What the reported person last wrote to the reporter; null until chat was asked. */
  context: ColumnType<ReportedMessage[] | null, string | null, string | null>
  created_at: Date
  updated_at: Date
}

/** Accounts or blocks that are still to be published once more, after an upgrade. */
export interface RepublicationRow {
  kind: 'accounts' | 'blocks'
  /** Those up to here are done; null at the beginning. */
  after_id: string | null
}

interface LikeRow {
  liker_id: string
  liked_id: string
  created_at: Date
}

/** A pair of people, the lower id first. The id is that of their conversation in chat as well. */
export interface MatchRow {
  id: string
  user1_id: string
  user2_id: string
  status: 'matched' | 'unmatched' | 'blocked'
  /** Grows with every beginning and end. */
  version: number
  /** When the two matched last. */
  created_at: Date
  updated_at: Date
}

/** Whom people wrote to, with a message request or without a match. */
interface WrittenToRow {
  sender_id: string
  receiver_id: string
}

/** Every table of the people schema. */
export interface PeopleDatabase extends EventTables, KitTables {
  users: UserRow
  external_identities: ExternalIdentityRow
  sign_ins: SignInRow
  refresh_tokens: RefreshTokenRow
  signing_keys: SigningKeyRow
  blocks: BlockRow
  reports: ReportRow
  republications: RepublicationRow
  likes: LikeRow
  matches: MatchRow
  written_to: WrittenToRow
}

export type PeopleStore = EventStore<PeopleDatabase>

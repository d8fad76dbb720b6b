import { InvalidInput, ServiceUnavailable } from '@belay/kit'
import type { Transaction } from 'kysely'
import { areBlocked } from '#src/blocks/blocks.repository.ts'
import type { People } from '#src/context.ts'
import { BlockedPerson, UserNotFound } from '#src/errors.ts'
import { hasLike, insertLike } from '#src/matches/likes.repository.ts'
import { findMatch } from '#src/matches/matches.repository.ts'
import { startMatch } from '#src/matches/start-match.ts'
import type { PeopleDatabase } from '#src/schema.ts'
import { findUser, lockPair } from '#src/users/users.repository.ts'
import { werePartedSince } from './parted.ts'

interface Like {
  likerId: string
  likedId: string
}

export interface LikeOutcome {
  matched: boolean
  matchId: string | null
}

/** What chat was asked about changed meanwhile: the other person liked back, or the two were parted. */
class OutdatedAnswer extends Error {}

const attemptsMax = 5

/**
 * Likes a person. The two match when the other likes back or has asked to chat. Liking again changes nothing more. Throws
 * InvalidInput, UserNotFound, BlockedPerson, or what asking chat throws.
 */
export async function likeUser(people: People, like: Like): Promise<LikeOutcome> {
  const { db } = people.store
  const { likerId, likedId } = like
  if (likerId === likedId) throw new InvalidInput('You cannot like yourself')
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const askedAt = people.clock.now()
    const [liked, blocked, isMutual, match] = await Promise.all([
      findUser(db, likedId),
      areBlocked(db, likerId, likedId),
      hasLike(db, likedId, likerId),
      findMatch(db, [likerId, likedId])
    ])
    if (liked === undefined || liked.disabled) throw new UserNotFound()
    if (blocked) throw new BlockedPerson()
    if (match?.status === 'matched') return { matched: true, matchId: match.id }
    const conversationId = await people.chat.answerLike({ likerId, likedId, isMutual })
    const now = people.clock.now()
    try {
      return await people.store.transaction((trx) => storeLike(trx, { ...like, conversationId, askedAt, now }))
    } catch (error) {
      if (!(error instanceof OutdatedAnswer)) throw error
    }
  }
  throw new ServiceUnavailable()
}

async function storeLike(
  trx: Transaction<PeopleDatabase>,
  like: Like & { conversationId: string | null; askedAt: Date; now: Date }
): Promise<LikeOutcome> {
  const { likerId, likedId, conversationId, askedAt, now } = like
  const pair = [likerId, likedId] as const
  if (!(await lockPair(trx, ...pair))) throw new UserNotFound()
  if (await areBlocked(trx, ...pair)) throw new BlockedPerson()
  if (await werePartedSince(trx, pair, askedAt)) throw new OutdatedAnswer()
  await insertLike(trx, { liker_id: likerId, liked_id: likedId, created_at: now })
  const known = await findMatch(trx, pair)
  if (known?.status === 'matched') return { matched: true, matchId: known.id }
  if (conversationId !== null) {
    await startMatch(trx, { id: conversationId, pair, actorId: likerId, now })
    return { matched: true, matchId: conversationId }
  }
  if (await hasLike(trx, likedId, likerId)) throw new OutdatedAnswer()
  return { matched: false, matchId: null }
}

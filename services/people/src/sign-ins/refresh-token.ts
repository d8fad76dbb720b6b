import { createHash, createHmac, randomBytes } from 'node:crypto'

export interface RefreshToken {
  /** What the client gets: 256 random bits. */
  token: string
  /** What is stored. A plain hash is enough for 256 random bits. */
  hash: Buffer
}

export function createRefreshToken(): RefreshToken {
  return withHash(randomBytes(32).toString('base64url'))
}

/** A new salt for `successorOf`. */
export function createSuccessorSalt(): Buffer {
  return randomBytes(32)
}

/**
 * The token that follows another one, always the same for the same salt. It takes both to know it: the token, which
 * only its client has, and the salt, which only the database has.
 */
export function successorOf(token: string, salt: Buffer): RefreshToken {
  return withHash(createHmac('sha256', token).update(salt).digest('base64url'))
}

export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function withHash(token: string): RefreshToken {
  return { token, hash: hashRefreshToken(token) }
}

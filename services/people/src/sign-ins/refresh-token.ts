import { createHash, randomBytes } from 'node:crypto'

export interface RefreshToken {
  /** What the client gets: 256 random bits. */
  token: string
  /** What is stored. A plain hash is enough for a secret that nobody can guess. */
  hash: Buffer
}

export function createRefreshToken(): RefreshToken {
  const token = randomBytes(32).toString('base64url')
  return { token, hash: hashRefreshToken(token) }
}

export function hashRefreshToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

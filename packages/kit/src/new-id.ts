import { randomFillSync } from 'node:crypto'
import { v7 } from 'uuid'

const bytesPerId = 16
/** Requesting random bytes costs more than everything else, however few are requested. */
const pool = new Uint8Array(256 * bytesPerId)
let taken = pool.length

/** The millisecond of the latest id, and its position within it. */
const latest = { msecs: Number.NEGATIVE_INFINITY, seq: 0 }

/** A new UUID of version 7; each sorts after those that this process made before (RFC 9562, section 6.2, method 1). */
export function newId(): string {
  const random = nextRandom()
  const now = Date.now()
  if (now > latest.msecs) {
    latest.msecs = now
    latest.seq = startOf(random)
  } else {
    latest.seq = (latest.seq + 1) | 0
    if (latest.seq === 0) latest.msecs += 1
  }
  return v7({ ...latest, random })
}

function nextRandom(): Uint8Array {
  if (taken === pool.length) {
    randomFillSync(pool)
    taken = 0
  }
  taken += bytesPerId
  return pool.subarray(taken - bytesPerId, taken)
}

/** 31 random bits, which leaves room to count within one millisecond. */
function startOf(random: Uint8Array): number {
  const [first = 0, second = 0, third = 0, fourth = 0] = random.subarray(6)
  return ((first & 0x7f) << 24) | (second << 16) | (third << 8) | fourth
}

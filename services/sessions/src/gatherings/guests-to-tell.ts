import type { RequestRow } from '#src/schema.ts'

const toldMax = 10_000

/** Who is told of a change of a gathering, given its live requests: at most 10,000, in the order given. */
export function guestsToTell(live: readonly Pick<RequestRow, 'guest_id'>[]): string[] {
  return live.slice(0, toldMax).map((request) => request.guest_id)
}

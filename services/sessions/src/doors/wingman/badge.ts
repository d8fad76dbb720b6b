import type { Reputation } from '#src/reputation/reputation.repository.ts'

/** The badge goes by completed sessions minus no-shows: gold from 10, green from 0. */
export function badgeOf({ completed_sessions, no_shows }: Reputation): 'gold' | 'green' | 'red' {
  const balance = completed_sessions - no_shows
  if (balance >= 10) return 'gold'
  return balance >= 0 ? 'green' : 'red'
}

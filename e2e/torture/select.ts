import { eventually } from '@belay/testing'
import type { Round } from './round.ts'

/** Reads rows, also when Postgres is down at first. */
export function select<Row extends object = object>(
  { system }: Pick<Round, 'system'>,
  query: string,
  parameters: unknown[] = []
): Promise<Row[]> {
  return eventually(() => system.sql<Row>(query, parameters), { withinMs: 60_000 })
}

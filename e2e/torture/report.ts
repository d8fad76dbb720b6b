import type { Tally } from './tally.ts'

/** What a run did and how long the system took to serve again, in lines to be read. */
export function reportOf(tally: Tally, seed: string, minutes: number): string[] {
  return [
    `seed ${seed}, ${minutes.toFixed(1)} minutes, ${tally.rounds} rounds`,
    `messages acknowledged ${tally.acknowledged}, delivered ${tally.delivered}`,
    `commands ${tally.commands}, checked right after them ${tally.checks}, repeated ${tally.repeats}, not yet effective at first ${tally.notYet}`,
    `events in the stream ${tally.events}, notifications ${tally.notices}`,
    '',
    `${'fault'.padEnd(28)} times   serves again after (ms): median   slowest`,
    ...faultLines(tally)
  ]
}

function faultLines({ faults }: Tally): string[] {
  const byName = Map.groupBy(faults, ({ name }) => name)
  return [...byName]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([name, all]) => {
      const times = all.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other)
      const median = times[Math.floor(times.length / 2)] ?? 0
      return [name.padEnd(28), pad(all.length, 5), pad(median, 34), pad(times.at(-1) ?? 0, 9)].join(' ')
    })
}

const pad = (figure: number, width: number) => String(figure).padStart(width)

const baseMs = 250
const maxMs = 5_000

/** How long to wait after so many failures in a row (1, 2, …): doubling up to 5 s, spread by chance. */
export function backoffMs(failures: number, random: () => number): number {
  const waitMs = Math.min(maxMs, baseMs * 2 ** Math.min(failures - 1, 10))
  return waitMs * (0.5 + random())
}

import type { Answer } from '@belay/testing'

/** The status codes of answers, lowest first. */
export function statusesOf(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status).toSorted((a, b) => a - b)
}

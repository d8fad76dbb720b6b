import { setTimeout as wait } from 'node:timers/promises'

/** Resolves once `GET <url>/readyz` answers 200; keeps asking until `aborted`. */
export async function untilReady(url: string, aborted: AbortSignal, onAnswer: (answer: string) => void): Promise<void> {
  while (!aborted.aborted) {
    const answer = await ask(url, aborted)
    if (answer === undefined) return
    onAnswer(answer)
    await wait(25, undefined, { signal: aborted })
  }
}

/** Undefined when it is ready, else why not. */
async function ask(url: string, aborted: AbortSignal): Promise<string | undefined> {
  try {
    const signal = AbortSignal.any([aborted, AbortSignal.timeout(2_000)])
    const response = await fetch(`${url}/readyz`, { signal })
    const body = await response.text()
    return response.status === 200
      ? undefined
      : `/readyz answers ${response.status} ${body.slice(0, 300).replaceAll(/\s+/g, ' ')}`
  } catch {
    return 'it does not answer yet'
  }
}

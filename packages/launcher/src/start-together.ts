/**
 * Starts several servers side by side. As soon as one cannot start, the others give up, what already ran is stopped,
 * and the first one's error is thrown.
 */
export async function startTogether<Server extends { stop(): Promise<void> }>(
  starts: ((aborted: AbortSignal) => Promise<Server>)[],
  aborted: AbortSignal | undefined
): Promise<Server[]> {
  const failure = new AbortController()
  const either = aborted ? AbortSignal.any([aborted, failure.signal]) : failure.signal
  const outcomes = await Promise.allSettled(
    starts.map((start) =>
      start(either).catch((error: unknown) => {
        failure.abort(error)
        throw error
      })
    )
  )
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  if (failure.signal.aborted) {
    await Promise.all(running.map((server) => server.stop()))
    throw failure.signal.reason
  }
  return running
}

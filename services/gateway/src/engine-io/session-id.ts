/** An id that a realtime gateway gave to an Engine.IO session: `<id of its instance>.<random>`. */
const sessionIdPattern = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\.[\w-]{1,64}$/

/** Returns the session id in the query of a URL; undefined before there is a session. */
export function sessionIdOf(url: string): string | undefined {
  const mark = url.indexOf('?')
  const ids = mark === -1 ? [] : new URLSearchParams(url.slice(mark + 1)).getAll('sid')
  // More than one is no session id, whichever of them a realtime gateway would read.
  return ids.length === 0 ? undefined : ids.join()
}

/** Returns the id of the instance that made a session id; undefined if none did. */
export function instanceIdOf(sessionId: string): string | undefined {
  return sessionIdPattern.exec(sessionId)?.[1]
}

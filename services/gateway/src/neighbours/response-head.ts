import type { OutgoingHttpHeader, ServerResponse } from 'node:http'
import { hopByHop } from '#src/proxy/hop-by-hop.ts'

type Headers = Partial<Record<string, OutgoingHttpHeader>>

/** Takes the methods of a response away from the service that writes it. */
export interface SharedResponse {
  /** Lets the gateway write the response itself. */
  takeBack(): void
  /** Ignores what the service still writes. */
  mute(): void
}

/**
 * Has a service's response go out with the gateway's headers: where both have one the service's is sent, and `vary` names
 * both. Headers about the connection are the gateway's alone.
 */
export function shareResponse(response: ServerResponse, own: Headers): SharedResponse {
  const { writeHead } = response
  const write: (status: number, headers: Headers) => ServerResponse = writeHead.bind(response)
  Object.assign(response, {
    writeHead(status: number, given: Headers = {}) {
      const headers = merge(own, [response.getHeaders(), given])
      for (const name of response.getHeaderNames()) response.removeHeader(name)
      return write(status, headers)
    }
  })
  return {
    takeBack: () => void Object.assign(response, { writeHead }),
    mute: () => void Object.assign(response, { setHeader: self, writeHead: self, write: () => false, end: self })
  }
  function self() {
    return response
  }
}

function merge(own: Headers, services: readonly Headers[]): Headers {
  const merged = { ...own }
  for (const headers of services) {
    for (const [name, value] of Object.entries(headers)) {
      const key = name.toLowerCase()
      if (value !== undefined && !hopByHop.has(key)) merged[key] = key === 'vary' ? varied(own.vary, value) : value
    }
  }
  return merged
}

function varied(own: OutgoingHttpHeader | undefined, given: OutgoingHttpHeader): OutgoingHttpHeader {
  return own === undefined || own === given ? given : `${String(own)}, ${String(given)}`
}

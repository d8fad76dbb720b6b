import { Agent, request } from 'undici'

/** What JSON.parse returns: a test reads the properties that it asserts on. */
export type Json = ReturnType<typeof JSON.parse>

/** The response to a call. `body` is the parsed JSON, or the text of another type; undefined when there is none. */
export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: Json
}

/** Headers of a call. */
type Headers = Record<string, string>

/** Calls of one person against one origin, over kept-alive connections. */
export interface Api {
  get(path: string, headers?: Headers): Promise<Answer>
  post(path: string, body?: unknown, headers?: Headers): Promise<Answer>
  put(path: string, body?: unknown, headers?: Headers): Promise<Answer>
  patch(path: string, body?: unknown, headers?: Headers): Promise<Answer>
  delete(path: string, body?: unknown, headers?: Headers): Promise<Answer>
  /** Any method, a body sent as it is (text or bytes; objects as JSON) and any headers. */
  call(method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer>
}

const agent = new Agent({ connections: 64, keepAliveTimeout: 30_000 })

/** An api client of `origin`; with `token` its calls carry it as their bearer token. */
export function createApi(origin: string, token?: string): Api {
  const call = async (method: string, path: string, body?: unknown, headers?: Headers): Promise<Answer> => {
    const answer = await request(`${origin}${path}`, {
      method,
      dispatcher: agent,
      ...encoded(body),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...encoded(body).headers,
        ...headers
      }
    })
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: parsed(await answer.body.text(), answer.headers['content-type'])
    }
  }
  return {
    call,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    put: (path, body, headers) => call('PUT', path, body, headers),
    patch: (path, body, headers) => call('PATCH', path, body, headers),
    delete: (path, body, headers) => call('DELETE', path, body, headers)
  }
}

function encoded(body: unknown): { body: string | Buffer | null; headers: Headers } {
  if (body === undefined) return { body: null, headers: {} }
  if (typeof body === 'string' || Buffer.isBuffer(body))
    return { body, headers: { 'content-type': 'application/json' } }
  return { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

function parsed(text: string, type: string | string[] | undefined): unknown {
  if (text === '') return undefined
  return /\bjson\b/.test(String(type)) ? JSON.parse(text) : text
}

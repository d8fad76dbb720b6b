import { connect } from 'node:net'
import type { Json } from '@belay/testing'

/** A parsed response. */
export interface RawAnswer {
  /** NaN if the connection was closed without a response. */
  status: number
  headers: Record<string, string>
  body: Json
}

/** Sends raw bytes to a gateway and reads its response until the connection is closed. */
export function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(parseResponse(Buffer.concat(chunks).toString('utf8'))))
  })
}

function parseResponse(text: string): RawAnswer {
  const [head = '', body = ''] = text.split('\r\n\r\n', 2)
  const [line = '', ...lines] = head.split('\r\n')
  const headers = lines.map((header) => [
    header.slice(0, header.indexOf(':')).toLowerCase(),
    header.slice(header.indexOf(':') + 1).trim()
  ])
  return {
    status: Number(line.split(' ')[1]),
    headers: Object.fromEntries(headers),
    body: body === '' ? undefined : JSON.parse(body)
  }
}

import { connect } from 'node:net'
import type { Json } from '@belay/testing'

/** An answer, taken apart. */
export interface RawAnswer {
  /** NaN when the connection was closed without an answer. */
  status: number
  headers: Record<string, string>
  body: Json
}

/** Sends bytes as they are to a gateway and reads its one answer, until the connection is closed. */
export function sendRaw(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(bytes))
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(takeApart(Buffer.concat(chunks).toString('utf8'))))
  })
}

function takeApart(text: string): RawAnswer {
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

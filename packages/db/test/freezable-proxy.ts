import { connect, createServer, type Socket } from 'node:net'

/** A TCP proxy to a Postgres; from `freeze` until `thaw` it passes nothing on, and what it held back is never sent. */
export async function freezableProxy(target: string) {
  const { hostname, port } = new URL(target)
  let frozen = false
  let asked = ''
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const distant = connect(Number(port), hostname)
    near.on('data', (chunk) => (asked += chunk.toString('latin1')))
    for (const [from, to] of [
      [near, distant],
      [distant, near]
    ] as const) {
      sockets.add(from)
      from.on('data', (chunk) => frozen || to.write(chunk))
      from.on('close', () => to.destroy())
      from.on('error', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const url = new URL(target)
  url.host = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  return {
    /** Of the same database, by way of the proxy. */
    url: url.href,
    /** What clients have sent so far, passed on or not. */
    asked: () => asked,
    freeze: () => (frozen = true),
    thaw: () => (frozen = false),
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  }
}

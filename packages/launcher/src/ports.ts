import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { errorCode, LaunchError } from './launch-error.ts'

// Below the ephemeral ranges of Linux (32768…) and macOS (49152…): there an outgoing connection could take the port
// between our choice and the child's bind, or while a supervised child is being started again.
const lowest = 15_000
const highest = 32_000

/** Returns free TCP ports on 127.0.0.1, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>()
  while (found.size < count) {
    const port = randomInt(lowest, highest)
    if (!found.has(port) && (await bindFault(port, '127.0.0.1')) === undefined) found.add(port)
  }
  return [...found]
}

/** Returns a free TCP port on 127.0.0.1. */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1)
  if (port === undefined) throw new LaunchError('no free port found')
  return port
}

/** Throws a {@link LaunchError} when the port cannot be listened on. `localhost` means both its addresses. */
export async function assertPortFree(port: number, host: string): Promise<void> {
  const addresses = host === 'localhost' ? ['127.0.0.1', '::1'] : [host]
  for (const address of addresses) {
    const fault = await bindFault(port, address)
    // A machine without IPv6 has no ::1; the other address will do.
    if (fault === undefined || (fault === 'EADDRNOTAVAIL' && address === '::1') || fault === 'EAFNOSUPPORT') continue
    if (fault === 'EADDRINUSE')
      throw new LaunchError(`port ${port} is in use by another program; set PORT to a free one`)
    if (fault === 'EACCES')
      throw new LaunchError(`port ${port} needs more rights than this user has; set PORT to one above 1023`)
    throw new LaunchError(`cannot listen on ${address} port ${port} (${fault})`)
  }
}

function bindFault(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error) => resolve(errorCode(error) ?? error.message))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

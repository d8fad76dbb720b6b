import { io, type Socket } from 'socket.io-client'

/** Opens an authenticated Socket.IO connection of its own, over WebSocket from the start. */
export async function openSocketIo(origin: string, token: string): Promise<Socket> {
  const socket = io(origin, { transports: ['websocket'], forceNew: true, reconnection: false, auth: { token } })
  await new Promise<void>((resolve, reject) => {
    socket.once('authenticated', () => resolve())
    socket.once('unauthorized', (reason: unknown) => reject(new Error(`unauthorized: ${JSON.stringify(reason)}`)))
    socket.once('connect_error', reject)
  })
  return socket
}

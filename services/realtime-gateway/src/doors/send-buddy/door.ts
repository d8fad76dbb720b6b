import { isUnavailable, type TokenVerifier } from '@belay/kit'
import type { Refusals } from '#src/transports/websocket/refusals.ts'
import { isId, verifyIdentity } from '#src/core/identity.ts'
import type { Log } from '#src/core/log.ts'
import type { CloseReason } from '#src/core/codec.ts'
import type { Connection, Protocol } from '#src/core/connection.ts'
import type { Realtime } from '#src/core/realtime.ts'
import type { Handshake } from '#src/transports/websocket/handshake.ts'
import type { SocketDoor } from '#src/transports/websocket/socket-server.ts'
import { decodeFrame } from './client-frame.ts'
import { codec } from './codec.ts'
import { closeFrames } from './close-frames.ts'

export interface SessionDoorOptions {
  realtime: Realtime
  verifyToken: TokenVerifier['verify']
  refusals: Refusals
  log: Log
}

/** `/ws/sessions/{id}/` (Send Buddy API): one socket is one session's chat. */
export function createSessionDoor(options: SessionDoorOptions): SocketDoor {
  const { realtime } = options
  const protocol = createProtocol(realtime)
  return {
    path: /^\/ws\/sessions\/([^/]+)\/?$/,
    open(transport, handshake) {
      const connection = realtime.connections.open(transport, protocol)
      void letIn(options, connection, handshake)
      return connection
    }
  }
}

function createProtocol({ outgoing }: Realtime): Protocol {
  return {
    codec: codec,
    closeFrame: (ending) => closeFrames[ending],
    threadJoined: () => undefined,
    threadEnded: (connection, _subscription, ending) => connection.end(ending),
    receive(connection, data, isBinary) {
      const decoded = decodeFrame(data, isBinary)
      const [subscription] = connection.subscriptions
      if (subscription === undefined) return
      if (!decoded.ok) outgoing.refuse(connection, { reason: 'invalid', ...decoded })
      else if (decoded.frame.type === 'typing') outgoing.type(subscription, decoded.frame.is_typing)
      else
        outgoing.send(subscription, { body: decoded.frame.content, clientMsgId: decoded.frame.client_msg_id ?? null })
    }
  }
}

/** The handshake has succeeded already, so that a browser can read why it is refused here. */
async function letIn(options: SessionDoorOptions, connection: Connection, handshake: Handshake): Promise<void> {
  const { realtime, log } = options
  try {
    const refusal = (await identify(options, connection, handshake)) ?? (await join(realtime, connection, handshake))
    if (refusal === undefined) options.refusals.forget(handshake)
    else options.refusals.end(connection, refusal, handshake)
  } catch (error) {
    if (!isUnavailable(error)) log.error({ err: error }, 'letting a socket in failed')
    options.refusals.end(connection, 'unavailable', handshake)
  }
}

async function identify(
  { realtime, verifyToken }: SessionDoorOptions,
  connection: Connection,
  { token }: Handshake
): Promise<CloseReason | undefined> {
  const identity = await verifyIdentity(verifyToken, token)
  if (typeof identity === 'string') return identity
  if (connection.ended) return undefined
  return realtime.users.add(connection, identity) ? undefined : 'too_many_connections'
}

async function join(
  realtime: Realtime,
  connection: Connection,
  handshake: Handshake
): Promise<CloseReason | undefined> {
  if (!isId(handshake.subject)) return 'thread_not_found'
  const afterSeq = readAfterSeq(handshake.query)
  const resume = { afterSeq: afterSeq.value, epoch: handshake.query.get('epoch') ?? undefined }
  const joined = await realtime.threads.join(connection, handshake.subject.toLowerCase(), resume)
  if (typeof joined === 'string') return joined
  if (afterSeq.fault !== undefined) {
    realtime.outgoing.refuse(connection, { reason: 'invalid', detail: afterSeq.fault })
  }
  realtime.connections.admit(connection)
  return undefined
}

/** A client that asks for an impossible place is told so, and listens from now on. */
function readAfterSeq(query: URLSearchParams): { value?: number; fault?: string } {
  const text = query.get('after_seq')
  if (text === null) return {}
  if (/^\d{1,15}$/.test(text)) return { value: Number(text) }
  return { fault: 'after_seq must be a whole number, 0 or more' }
}

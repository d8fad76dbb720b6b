import { SessionClientFrame } from '@belay/contracts'
import { createValidator } from '@belay/kit'
import type { Static } from 'typebox'
import { createFrameReader, type FrameValidators } from '#src/transports/websocket/frame-reader.ts'

type ClientFrame = Static<typeof SessionClientFrame>

/** No valid id is longer, and nothing longer is sent back. */
const maxClientMsgIdLength = 64

/** What came of reading a frame: the frame, or words for the person who wrote the client. */
export type DecodedFrame = { ok: true; frame: ClientFrame } | { ok: false; detail: string; clientMsgId?: string }

const validators: FrameValidators<ClientFrame> = new Map(
  SessionClientFrame.anyOf.map((schema) => [schema.properties.type.const, createValidator(schema)])
)
const readFrame = createFrameReader(validators)

/** Reads one frame of a client. A refused message keeps its id, so that its sender knows which one it was. */
export function decodeFrame(data: Buffer, isBinary: boolean): DecodedFrame {
  const read = readFrame(data, isBinary)
  if (read.ok) return read
  const { detail, parsed } = read
  const id = parsed['client_msg_id']
  return typeof id === 'string' && id.length <= maxClientMsgIdLength
    ? { ok: false, detail, clientMsgId: id }
    : { ok: false, detail }
}

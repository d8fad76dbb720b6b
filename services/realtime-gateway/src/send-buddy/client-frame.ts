import { SessionClientFrame } from '@belay/contracts'
import { type Checked, createValidator } from '@belay/kit'
import type { Static } from 'typebox'

type ClientFrame = Static<typeof SessionClientFrame>

/** No valid id is longer, and nothing longer is sent back. */
const maxClientMsgIdLength = 64

/** What came of reading a frame: the frame, or words for the person who wrote the client. */
export type DecodedFrame = { ok: true; frame: ClientFrame } | { ok: false; detail: string; clientMsgId?: string }

/** One validator per kind of frame, so that a fault is explained in terms of the kind that was meant. */
const validators: ReadonlyMap<unknown, (data: unknown) => Checked<ClientFrame>> = new Map(
  SessionClientFrame.anyOf.map((schema) => [schema.properties.type.const, createValidator(schema)])
)

/** Reads one frame of a client. */
export function decodeFrame(data: Buffer, isBinary: boolean): DecodedFrame {
  if (isBinary) return { ok: false, detail: 'Frames must be text' }
  const parsed = parse(data)
  if (parsed === undefined) return { ok: false, detail: 'Frame must be a JSON object' }
  const validate = validators.get(parsed.type)
  if (validate === undefined) return { ok: false, detail: `type must be one of ${[...validators.keys()].join(', ')}` }
  const checked = validate(parsed)
  if (checked.ok) return { ok: true, frame: checked.value }
  const faults = checked.errors.map(({ field, message }) => `${field}: ${message}`)
  return { ok: false, detail: faults.join('; '), ...clientMsgIdOf(parsed) }
}

function parse(data: Buffer): { type?: unknown; client_msg_id?: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(data.toString())
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

/** The id of a refused message, so that its sender knows which one it was. */
function clientMsgIdOf({ client_msg_id: id }: { client_msg_id?: unknown }): { clientMsgId?: string } {
  return typeof id === 'string' && id.length <= maxClientMsgIdLength ? { clientMsgId: id } : {}
}

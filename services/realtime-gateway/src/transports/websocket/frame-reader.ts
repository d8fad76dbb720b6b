import type { Checked } from '@belay/kit'

/** One validator per `type`, so that an error names a field of the kind of frame that was meant. */
export type FrameValidators<Frame> = ReadonlyMap<unknown, (data: unknown) => Checked<Frame>>

/** A frame, or what is wrong with it in words for the developer of the client, and the fields that were there. */
export type ReadFrame<Frame> =
  | { ok: true; frame: Frame }
  | { ok: false; detail: string; parsed: Readonly<Record<string, unknown>> }

/** Returns the reader of one door's frames. */
export function createFrameReader<Frame>(
  validators: FrameValidators<Frame>
): (data: Buffer, isBinary: boolean) => ReadFrame<Frame> {
  const refuse = (detail: string, parsed = {}) => ({ ok: false, detail, parsed }) as const
  return (data, isBinary) => {
    if (isBinary) return refuse('Frames must be text')
    const parsed = parse(data)
    if (parsed === undefined) return refuse('Frame must be a JSON object')
    const validate = validators.get(parsed['type'])
    if (validate === undefined) return refuse(`type must be one of ${[...validators.keys()].join(', ')}`, parsed)
    const checked = validate(parsed)
    if (checked.ok) return { ok: true, frame: checked.value }
    return refuse(checked.errors.map(({ field, message }) => `${field}: ${message}`).join('; '), parsed)
  }
}

function parse(data: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(data.toString())
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
    return isObject ? Object.fromEntries(Object.entries(parsed)) : undefined
  } catch {
    return undefined
  }
}

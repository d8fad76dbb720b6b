/** An event, encoded once however many clients it goes to: the text of its packet, and the WebSocket frame of it. */
export interface EventFrame {
  readonly packet: string
  readonly options: { compress: boolean; wsPreEncodedFrame: Buffer[] }
}

/** Encodes an event with one argument. */
export function encodeEvent(name: string, data: object): EventFrame {
  // An EVENT packet of the namespace `/` (Socket.IO), in a MESSAGE packet (Engine.IO).
  const packet = `2${JSON.stringify([name, data])}`
  return { packet, options: { compress: false, wsPreEncodedFrame: [encodeTextFrame(Buffer.from(`4${packet}`))] } }
}

/** A whole unmasked text frame (RFC 6455, section 5.2). */
function encodeTextFrame(text: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x81, ...lengthOf(text.length)]), text])
}

function lengthOf(length: number): number[] {
  if (length < 126) return [length]
  if (length < 65_536) return [126, length >> 8, length & 0xff]
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(length))
  return [127, ...bytes]
}

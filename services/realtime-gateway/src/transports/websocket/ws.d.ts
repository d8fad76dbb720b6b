import 'ws'

declare module 'ws' {
  /** Public in the library, and missing in its types. */
  export const Sender: {
    frame(data: Buffer, options: { fin: boolean; opcode: number; readOnly: boolean }): Buffer[]
  }
}

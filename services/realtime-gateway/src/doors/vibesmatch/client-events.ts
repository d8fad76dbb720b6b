import { directClientEvents } from '@belay/contracts'
import { createValidator } from '@belay/kit'
import type { Static } from 'typebox'
import type { Failure } from './answers.ts'

type Schemas = typeof directClientEvents
type EventName = keyof Schemas

/** A client's event that satisfies its schema. */
export type DirectEvent = { [Name in EventName]: { name: Name; data: Static<Schemas[Name]> } }[EventName]

/** One reader per event. */
type Reader = (data: unknown) => DirectEvent | Failure

function reader<Name extends EventName>(
  name: Name,
  wrap: (data: Static<Schemas[Name]>) => DirectEvent
): readonly [string, Reader] {
  const validate = createValidator<Schemas[Name]>(directClientEvents[name])
  return [
    name,
    (data) => {
      const checked = validate(data)
      if (checked.ok) return wrap(checked.value)
      const detail = checked.errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
      return { reason: 'invalid_input', detail }
    }
  ]
}

const readers = new Map<string, Reader>([
  reader('authenticate', (data) => ({ name: 'authenticate', data })),
  reader('send_message', (data) => ({ name: 'send_message', data })),
  reader('mark_read', (data) => ({ name: 'mark_read', data })),
  reader('typing_start', (data) => ({ name: 'typing_start', data })),
  reader('typing_stop', (data) => ({ name: 'typing_stop', data })),
  reader('recover', (data) => ({ name: 'recover', data }))
])

/** Checks what a client emitted. */
export function readEvent(name: string, data: unknown): DirectEvent | Failure {
  const read = readers.get(name)
  if (read !== undefined) return read(data)
  return { reason: 'invalid_input', detail: `The event must be one of ${[...readers.keys()].join(', ')}` }
}

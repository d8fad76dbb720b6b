import { eventCatalogue, EventEnvelopeSchema, unkeptEvents } from '@belay/contracts'
import { publicSchema } from '@belay/kit'

const events = [...eventCatalogue, ...unkeptEvents]

/** A channel for each event that Belay publishes. */
export function eventChannels(): object {
  return ofEvents((event) => ({
    address: event.subject,
    description: described(event),
    servers: [{ $ref: '#/servers/nats' }],
    messages: { [event.type]: { $ref: `#/components/messages/${event.type}` } }
  }))
}

export function eventOperations(): object {
  const operations = events.map(({ type, description }) => {
    const operation = {
      action: 'send',
      title: type,
      description: `Belay publishes: ${description}`,
      channel: { $ref: `#/channels/${type}` },
      messages: [{ $ref: `#/channels/${type}/messages/${type}` }]
    }
    return [`send.${type}`, operation] as const
  })
  return Object.fromEntries(operations)
}

export function eventMessages(): object {
  return ofEvents(({ type, description, data }) => ({
    name: type,
    title: type,
    summary: description,
    contentType: 'application/cloudevents+json',
    payload: publicSchema({
      ...EventEnvelopeSchema,
      properties: { ...EventEnvelopeSchema.properties, type: { type: 'string', const: type }, data }
    })
  }))
}

/** A batched event is described as one of them: each element of the array conforms to its schema. */
function described(event: (typeof events)[number]): string {
  if (!('batched' in event && event.batched)) return event.description
  return `${event.description} Those of one commit travel in a batch, as an array; take a single object as well.`
}

function ofEvents(describe: (event: (typeof events)[number]) => object): object {
  return Object.fromEntries(events.map((event) => [event.type, describe(event)]))
}

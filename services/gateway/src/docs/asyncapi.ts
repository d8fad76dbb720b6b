import { EventEnvelopeSchema, eventCatalogue } from '@belay/contracts'

/** The AsyncAPI 3 document of every event that Belay publishes, made from the contracts. */
export function asyncApiDocument(version: string) {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Belay events',
      version,
      description:
        'CloudEvents 1.0 in JSON on the JetStream stream `BELAY`. Each event is stored exactly once; `Nats-Msg-Id` is its id. ' +
        'Published versions only ever gain optional fields.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' }
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(
      eventCatalogue.map((event) => [
        event.type,
        { address: event.subject, messages: { [event.type]: { $ref: `#/components/messages/${event.type}` } } }
      ])
    ),
    operations: Object.fromEntries(
      eventCatalogue.map((event) => [
        `receive.${event.type}`,
        {
          action: 'receive',
          channel: { $ref: `#/channels/${event.type}` },
          messages: [{ $ref: `#/channels/${event.type}/messages/${event.type}` }]
        }
      ])
    ),
    components: {
      messages: Object.fromEntries(
        eventCatalogue.map((event) => [
          event.type,
          {
            name: event.type,
            summary: event.description,
            contentType: 'application/cloudevents+json',
            payload: {
              ...EventEnvelopeSchema,
              properties: {
                ...EventEnvelopeSchema.properties,
                type: { type: 'string', const: event.type },
                data: event.data
              }
            }
          }
        ])
      )
    }
  }
}

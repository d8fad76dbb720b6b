import { type About, contactOf } from './about.ts'
import { eventChannels, eventMessages, eventOperations } from './asyncapi-events.ts'
import { socketChannels, socketMessages, socketOperations } from './asyncapi-sockets.ts'

/** The AsyncAPI 3 document of everything Belay sends without a request: events on NATS, frames on WebSockets. */
export function asyncApiDocument(about: About): object {
  const { host, protocol } = new URL(about.publicUrl)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Belay: events and WebSockets',
      version: about.version,
      description:
        'Events are CloudEvents 1.0 in JSON on the JetStream stream `BELAY`. Each is stored exactly once; `Nats-Msg-Id` ' +
        'is its id. Events whose description says so travel in batches: an array in the CloudEvents JSON batch format ' +
        '(content type `application/cloudevents-batch+json`), whose `Nats-Msg-Id` is that of the batch. Events whose description says so are kept by no stream and reach current subscribers alone. ' +
        'Published versions only ever gain optional fields.',
      contact: contactOf(about),
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: [
        { name: 'events', description: 'Facts for other services, on NATS.' },
        { name: 'sockets', description: 'Live conversations, on WebSockets.' }
      ]
    },
    defaultContentType: 'application/json',
    servers: {
      nats: { host: 'localhost:4222', protocol: 'nats', description: 'The NATS server that Belay was started with.' },
      gateway: { host, protocol: protocol === 'https:' ? 'wss' : 'ws', description: 'The public door.' }
    },
    // What apps need first.
    channels: { ...socketChannels(), ...eventChannels() },
    operations: { ...eventOperations(), ...socketOperations() },
    components: { messages: { ...eventMessages(), ...socketMessages() } }
  }
}

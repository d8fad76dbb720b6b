import { eventCatalogue, EventEnvelopeSchema, SessionClientFrame, SessionServerFrame } from '@belay/contracts'

type Json = Record<string, unknown>

const cloudEvents = 'application/cloudevents+json'
const sessionSocket = 'session-socket'

/** The AsyncAPI 3 document of what Belay says without being asked: events on NATS, frames on WebSockets. */
export function asyncApiDocument({ publicUrl, version }: { publicUrl: string; version: string }): Json {
  const { host, protocol } = new URL(publicUrl)
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Belay: events and WebSockets',
      version,
      description:
        'Events are CloudEvents 1.0 in JSON on the JetStream stream `BELAY`. Each is stored exactly once; `Nats-Msg-Id` ' +
        'is its id. Published versions only ever gain optional fields.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' }
    },
    defaultContentType: 'application/json',
    servers: {
      nats: { host: 'localhost:4222', protocol: 'nats', description: 'The NATS server that Belay was started with.' },
      gateway: { host, protocol: protocol === 'https:' ? 'wss' : 'ws', description: 'The public door.' }
    },
    channels: { ...eventChannels(), [sessionSocket]: sessionChannel() },
    operations: { ...eventOperations(), ...sessionOperations() },
    components: { messages: { ...eventMessages(), ...sessionMessages() } }
  }
}

function eventChannels(): Json {
  return ofEvents(({ type, subject, description }) => ({
    address: subject,
    description,
    servers: [{ $ref: '#/servers/nats' }],
    messages: { [type]: { $ref: `#/components/messages/${type}` } }
  }))
}

function eventOperations(): Json {
  return Object.fromEntries(eventCatalogue.map(({ type }) => [`send.${type}`, operation('send', type, type)] as const))
}

function eventMessages(): Json {
  return ofEvents(({ type, description, data }) => ({
    name: type,
    summary: description,
    contentType: cloudEvents,
    payload: {
      ...EventEnvelopeSchema,
      properties: { ...EventEnvelopeSchema.properties, type: { type: 'string', const: type }, data }
    }
  }))
}

function sessionChannel(): Json {
  const query = {
    type: 'object',
    properties: {
      token: { type: 'string', description: 'An access token.' },
      after_seq: { type: 'integer', minimum: 0, description: 'Replays every message after this one, then goes live.' }
    }
  }
  return {
    address: '/ws/sessions/{session_id}/',
    description: 'The live conversation of a session.',
    servers: [{ $ref: '#/servers/gateway' }],
    parameters: { session_id: { description: 'Id of a session that the caller is part of.' } },
    bindings: { ws: { method: 'GET', query, bindingVersion: '0.1.0' } },
    messages: {
      'session-client-frame': { $ref: '#/components/messages/session-client-frame' },
      'session-server-frame': { $ref: '#/components/messages/session-server-frame' }
    }
  }
}

function sessionOperations(): Json {
  return {
    'receive.session-frame': operation('receive', sessionSocket, 'session-client-frame'),
    'send.session-frame': operation('send', sessionSocket, 'session-server-frame')
  }
}

function sessionMessages(): Json {
  return {
    'session-client-frame': { summary: 'What a client may send.', payload: SessionClientFrame },
    'session-server-frame': { summary: 'What Belay sends.', payload: SessionServerFrame }
  }
}

function operation(action: 'send' | 'receive', channel: string, message: string): Json {
  return {
    action,
    channel: { $ref: `#/channels/${channel}` },
    messages: [{ $ref: `#/channels/${channel}/messages/${message}` }]
  }
}

function ofEvents(describe: (event: (typeof eventCatalogue)[number]) => Json): Json {
  return Object.fromEntries(eventCatalogue.map((event) => [event.type, describe(event)]))
}

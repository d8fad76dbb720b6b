import { applyEventIn } from '../questions/apply-event.ts'
import { BeginEpoch } from '../questions/chat.ts'
import { listParkedIn, replayParkedIn, replayStreamIn } from '../questions/operations.ts'
import { type BusService, busServices, type DatabaseService, databaseServices } from '../services.ts'
import { type BusAccess, busAccess, type BusLogin, durableOf } from './access.ts'
import { inboxOf, repliesOf } from './inboxes.ts'

/** The one stream that holds every event. */
export const stream = 'BELAY'

/** The service that keeps the stream's settings up to date; the others only create the stream if it is missing. */
export const streamKeeper: BusService = 'people'

/** Notifies the services that a damaged stream was deleted: it is created again, and each refills it from its outbox. */
export const streamDamaged = 'belay.stream.damaged'

/** What a login may publish and subscribe to, in the format of nats-server: `deny` takes precedence over `allow`. */
export interface BusPermissions {
  readonly publish: { readonly allow: readonly string[]; readonly deny: readonly string[] }
  readonly subscribe: { readonly allow: readonly string[] }
}

/** Everything that this login may do on NATS, and nothing else. */
export function permissionsOf(login: BusLogin): BusPermissions {
  if (login === 'operator') return operator
  if (login === 'subscriber') return subscriber
  const access = busAccess[login]
  return {
    publish: {
      allow: [
        ...access.asks.map(({ subject }) => subject),
        ...appliersOf(access).map((applier) => applyEventIn(applier, access.source ?? 'people').subject),
        ...repliesOf(access.serviceName),
        ...access.publishes,
        ...(access.source === null ? [] : [`belay.evt.${access.source}.>`, ...streamOf(login)]),
        ...access.consumes.flatMap((event) => consumerOf(durableOf(login, event), `.${event.subject}`))
      ],
      deny: []
    },
    subscribe: {
      allow: [
        `belay.rpc.${access.serviceName}.>`,
        ...access.subscribes,
        `${inboxOf(login)}.>`,
        ...(access.source === null ? [] : [streamDamaged])
      ]
    }
  }
}

/** The services that consume what this one publishes are asked to apply it at once. */
function appliersOf({ source }: BusAccess): DatabaseService[] {
  const consumers = busServices.filter((name) => busAccess[name].consumes.some((event) => event.source === source))
  return consumers.flatMap((name) => busAccess[name].source ?? [])
}

function streamOf(login: BusService): string[] {
  const calls = ['INFO', 'CREATE', 'DELETE'].map((call) => `$JS.API.STREAM.${call}.${stream}`)
  const own = [streamDamaged, ...calls]
  return login === streamKeeper ? [...own, `$JS.API.STREAM.UPDATE.${stream}`] : own
}

/** Every operation on a durable consumer. nats-server requires the filter of the request to match that of the subject. */
function consumerOf(durable: string, filter: string): string[] {
  return [
    `$JS.API.CONSUMER.CREATE.${stream}.${durable}${filter}`,
    `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
    `$JS.API.CONSUMER.DELETE.${stream}.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`
  ]
}

/** The requests that an operator sends to a service. */
const operationsOf = (service: DatabaseService) => [
  replayStreamIn(service),
  listParkedIn(service),
  replayParkedIn(service)
]

const operator: BusPermissions = {
  publish: {
    allow: [...databaseServices.flatMap(operationsOf), BeginEpoch].map(({ subject }) => subject),
    deny: []
  },
  subscribe: { allow: [`${inboxOf('operator')}.>`] }
}

/** Belay's own durables, which no other login may touch. */
export const ownDurables: readonly string[] = busServices.flatMap((service) =>
  busAccess[service].consumes.map((event) => durableOf(service, event))
)

/** Services of other teams: durable consumers of any event, under any name that is not one of ours. */
const subscriber: BusPermissions = {
  publish: {
    allow: [
      `$JS.API.INFO`,
      `$JS.API.STREAM.INFO.${stream}`,
      `$JS.API.CONSUMER.CREATE.${stream}.*`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.*`,
      ...consumerOf('*', '.belay.evt.>')
    ],
    deny: ownDurables.flatMap((durable) => [
      `$JS.API.CONSUMER.CREATE.${stream}.${durable}`,
      `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.${durable}`,
      ...consumerOf(durable, '.>')
    ])
  },
  subscribe: { allow: ['belay.evt.>', `${inboxOf('subscriber')}.>`] }
}

import type { EventSource } from '../events/define-event.ts'
import { applyEventIn } from '../questions/apply-event.ts'
import { BeginEpoch } from '../questions/chat.ts'
import { listParkedIn, replayParkedIn, replayStreamIn } from '../questions/operations.ts'
import { type BusAccess, busAccess, type BusLogin, type BusService, busServices, durableOf } from './access.ts'
import { inboxOf, repliesOf } from './inboxes.ts'

/** The one stream that holds every event. */
export const stream = 'BELAY'

/** The service that brings the stream's settings up to date; the others make it when it is missing. */
export const streamKeeper: BusService = 'people'

/** Says to the services that a damaged stream was deleted: a new one takes its place, and each fills it from its outbox. */
export const streamDamaged = 'belay.stream.damaged'

/** What a login may publish and subscribe to, as nats-server writes it: what is denied is taken out of what is allowed. */
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
        ...repliesOf(access.answersAs),
        ...access.speaks,
        ...(access.source === null ? [] : [`belay.evt.${access.source}.>`, ...streamOf(login)]),
        ...access.consumes.flatMap((event) => consumerOf(durableOf(login, event), `.${event.subject}`))
      ],
      deny: []
    },
    subscribe: {
      allow: [
        `belay.rpc.${access.answersAs}.>`,
        ...access.hears,
        `${inboxOf(login)}.>`,
        ...(access.source === null ? [] : [streamDamaged])
      ]
    }
  }
}

/** The services that consume what this one publishes are asked to apply it at once. */
function appliersOf({ source }: BusAccess): EventSource[] {
  const consumers = busServices.filter((name) => busAccess[name].consumes.some((event) => event.source === source))
  return consumers.flatMap((name) => busAccess[name].source ?? [])
}

function streamOf(login: BusService): string[] {
  const calls = ['INFO', 'CREATE', 'DELETE'].map((call) => `$JS.API.STREAM.${call}.${stream}`)
  const own = [streamDamaged, ...calls]
  return login === streamKeeper ? [...own, `$JS.API.STREAM.UPDATE.${stream}`] : own
}

/** All there is to do with a durable consumer. nats-server holds the filter of the request to that of the subject. */
function consumerOf(durable: string, filter: string): string[] {
  return [
    `$JS.API.CONSUMER.CREATE.${stream}.${durable}${filter}`,
    `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
    `$JS.API.CONSUMER.DELETE.${stream}.${durable}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
    `$JS.ACK.${stream}.${durable}.>`
  ]
}

const operated: readonly EventSource[] = ['people', 'sessions', 'chat', 'notifications']

/** What those who run the system ask a service to do. */
const operationsOf = (service: EventSource) => [replayStreamIn(service), listParkedIn(service), replayParkedIn(service)]

const operator: BusPermissions = {
  publish: {
    allow: [...operated.flatMap(operationsOf), BeginEpoch].map(({ subject }) => subject),
    deny: []
  },
  subscribe: { allow: [`${inboxOf('operator')}.>`] }
}

/** Belay's own durables, which nobody else may touch. */
export const ownDurables: readonly string[] = busServices.flatMap((service) =>
  busAccess[service].consumes.map((event) => durableOf(service, event))
)

/** Services of other teams: durable consumers of any event, under any name that is none of ours. */
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

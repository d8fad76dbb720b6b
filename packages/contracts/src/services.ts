/** The services that own a schema: each serves HTTP, records events and applies those of the others. */
export const databaseServices = ['people', 'sessions', 'chat', 'notifications'] as const
export type DatabaseService = (typeof databaseServices)[number]

/** The services that connect to NATS. The gateway does not. */
export const busServices = [...databaseServices, 'realtime-gateway'] as const
export type BusService = (typeof busServices)[number]

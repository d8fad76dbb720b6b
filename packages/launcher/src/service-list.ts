import { fileURLToPath } from 'node:url'

/** The services that own a schema. */
export const databaseServices = ['people', 'sessions', 'chat', 'notifications'] as const

/** A service that owns a schema. */
export type DatabaseService = (typeof databaseServices)[number]

/** Every process of the system, the public door last. */
export const serviceNames = [...databaseServices, 'realtime-gateway', 'gateway'] as const

/** The folder names under `services/`. */
export type ServiceName = (typeof serviceNames)[number]

/** Whether the service has a schema and a role of its own. */
export function hasDatabase(name: ServiceName): name is DatabaseService {
  return databaseServices.some((service) => service === name)
}

/** The workspace's root folder. */
export const workspaceFolder = fileURLToPath(new URL('../../..', import.meta.url))

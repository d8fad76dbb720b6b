import { databaseConfigSchema, serverConfigSchema } from '@belay/kit'
import { type Static, Type } from 'typebox'

/** The variables of the notifications service. */
export const configSchema = Type.Object({ ...serverConfigSchema.properties, ...databaseConfigSchema.properties })

export type NotificationsConfig = Readonly<Static<typeof configSchema>>

import { Type } from 'typebox'
import { Id } from '../text.ts'

/** The path, on its own port only, at which a realtime gateway responds with its `Instance`. */
export const instancePath = '/instance'

/**
 * One process of the realtime gateway. The ids of its Engine.IO sessions are `<instance_id>.<random>`, by which a gateway
 * finds the process that holds a session.
 */
export const Instance = Type.Object({ instance_id: Id })

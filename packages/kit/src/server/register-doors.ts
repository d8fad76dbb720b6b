import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import autoload from '@fastify/autoload'
import type { FastifyInstance } from 'fastify'

/** Registers the routes of every front door of a service: the files in `doors/<door>/routes` of its source folder. */
export async function registerDoors(app: FastifyInstance, sourceFolder: string): Promise<void> {
  const folder = join(sourceFolder, 'doors')
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    // Files here are shared by the doors.
    if (!entry.isDirectory()) continue
    await app.register(autoload, { dir: join(folder, entry.name, 'routes'), routeParams: true })
  }
}

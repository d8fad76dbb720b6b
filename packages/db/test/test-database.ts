import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
  }
}

/** Runs statements one after the other as the superuser of a database; returns the rows of the last. */
export async function asAdmin(url: string, ...statements: string[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    let rows: Record<string, unknown>[] = []
    for (const statement of statements) rows = (await client.query<Record<string, unknown>>(statement)).rows
    return rows
  } finally {
    await client.end()
  }
}

/** An empty database, and the name of a service (so of a role too) that no other test uses. */
export interface Scratch {
  adminUrl: string
  service: string
}

export async function createScratch(): Promise<Scratch> {
  const serverUrl = inject('postgresUrl')
  const service = `db_${randomBytes(5).toString('hex')}`
  await asAdmin(serverUrl, `create database ${service} template template0`)
  const url = new URL(serverUrl)
  url.pathname = `/${service}`
  return { adminUrl: url.href, service }
}

/** All databases go before the roles do: a role may have rights in several of them. */
export async function dropScratches(scratches: Scratch[]): Promise<void> {
  const names = scratches.map(({ service }) => service)
  for (const name of names) await asAdmin(inject('postgresUrl'), `drop database ${name} with (force)`)
  for (const name of names) await asAdmin(inject('postgresUrl'), `drop role if exists belay_${name}`)
}

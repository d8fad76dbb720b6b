import { Client } from 'pg'
import { afterAll, expect, test } from 'vitest'
import { InvalidSchemaName, provision, serviceUrl } from '../src/index.ts'
import { asAdmin, createScratch, dropScratches } from './test-database.ts'

const scratches = await Promise.all([createScratch(), createScratch()])
const [{ adminUrl, service }, other] = scratches
afterAll(() => dropScratches(scratches))

const runAs = (url: string, statement: string) =>
  asAdmin(url, statement).then(
    () => 'done',
    (error: Error) => error.message
  )

test('several at once, in several databases of one server, all succeed, and again later', async () => {
  const services = [
    { name: service, password: 'a' },
    { name: other.service, password: 'b' }
  ]
  const admins = [adminUrl, other.adminUrl, adminUrl, other.adminUrl]
  await Promise.all(admins.map((admin) => provision(admin, services)))
  await provision(adminUrl, services)
  const schemas = `select from pg_namespace where nspname in ('${service}', '${other.service}')`
  expect(await asAdmin(adminUrl, schemas)).toHaveLength(2)
  expect(await asAdmin(other.adminUrl, schemas)).toHaveLength(2)
})

test('a service owns its schema and can touch nothing else', async () => {
  const url = serviceUrl(adminUrl, service, 'a')
  expect(await runAs(url, `create table ${service}.mine (id int)`)).toBe('done')
  expect(await runAs(url, `create table ${other.service}.theirs (id int)`)).toMatch(/permission denied/)
  expect(await runAs(url, 'create table public.everybodys (id int)')).toMatch(/permission denied/)
  expect(await runAs(url, 'create schema another')).toMatch(/permission denied/)
  expect(await runAs(serviceUrl(adminUrl, other.service, 'b'), `select * from ${service}.mine`)).toMatch(
    /permission denied/
  )
})

test('a new password may contain any character', async () => {
  const password = `p'w" @:/?%é`
  await provision(adminUrl, [{ name: service, password }])
  const client = new Client({ connectionString: serviceUrl(adminUrl, service, password) })
  expect(client.user).toBe(`belay_${service}`)
  expect(client.password).toBe(password)
  await client.connect()
  await client.end()
})

test('the URL keeps the server, its database and its options', () => {
  expect(serviceUrl('postgres://admin:x@db.example:5433/belay?sslmode=require', 'people', 'a b')).toBe(
    'postgres://belay_people:a%20b@db.example:5433/belay?sslmode=require'
  )
  const bySocket = new Client({ connectionString: serviceUrl('postgres:///belay?host=/run/pg', 'people', 'x') })
  expect([bySocket.host, bySocket.database, bySocket.user]).toEqual(['/run/pg', 'belay', 'belay_people'])
})

test('a name that is no plain identifier is refused', async () => {
  await expect(provision(adminUrl, [{ name: 'a"; drop', password: 'x' }])).rejects.toThrow(InvalidSchemaName)
})

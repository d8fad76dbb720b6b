import { type Door, doors } from '@belay/contracts'
import { expect, test } from 'vitest'
import { quoted, tableRows } from './lib/markdown.ts'
import { list } from './lib/repository.ts'

/** The folder in which a service serves a front door's paths. */
const routesOf = (service: string, door: Door) => `services/${service}/src/doors/${door.name}/routes`

const served = doors.flatMap((door) => [
  ...Object.entries(door.routes).flatMap(([path, service]) =>
    service === null ? [] : [{ path: inBraces(path), code: routesOf(service, door) }]
  ),
  ...(door.sockets ?? []).map(({ address }) => ({
    path: address,
    code: `services/realtime-gateway/src/doors/${door.name}`
  }))
])

function inBraces(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

const lines = (entries: readonly { path: string; code: string }[]) =>
  entries.map(({ path, code }) => `${path} ${code}`).toSorted()

test('the README says of every path which folder of which service serves it, and of no other', () => {
  const documented = tableRows('README.md', 'paths').flatMap(({ paths = '', code = '' }) =>
    quoted(paths).flatMap((path) => quoted(code).map((folder) => ({ path, code: folder })))
  )
  expect(lines(documented)).toEqual(lines(served))
})

test('every endpoint lies in the folder that is named for its path', () => {
  const misplaced = list('services/*/src/doors/*/routes/**/*.ts').filter((file) => {
    const { code, folders = '' } = /^(?<code>.*?\/routes)(?<folders>.*)\/[^/]+$/.exec(file)?.groups ?? {}
    return ownerOf(folders)?.code !== code
  })
  expect(misplaced).toEqual([])
})

/** The most specific declared path that a path of folders belongs to. */
function ownerOf(folders: string) {
  return served
    .filter(({ path }) => `${folders}/`.startsWith(`${path.replaceAll(/\{\w+\}/g, '_id')}/`))
    .toSorted((one, other) => other.path.length - one.path.length)[0]
}

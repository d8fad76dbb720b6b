import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { unkeptEvents } from '@belay/contracts'
import { describe, expect, test } from 'vitest'
import { durables, errorDefinitions, eventRows, frameCodes, isExpectedByTests, variables } from './lib/catalogues.ts'
import { anchorsOf, documents, linksOf, plain, quoted, tableRows } from './lib/markdown.ts'
import { list, read, root, serviceNames, servicesWithDatabase } from './lib/repository.ts'

describe('docs/configuration.md', async () => {
  const known = await variables()
  const rows = tableRows('docs/configuration.md', 'Variable')

  test('names every variable that a process reads, and no other', () => {
    expect(rows.map((row) => plain(row.Variable ?? '')).toSorted()).toEqual(known.map(({ name }) => name).toSorted())
  })

  test.each(known)('$name: who reads it, and what it is when unset', ({ name, readers, fallback }) => {
    const row = rows.find((one) => plain(one.Variable ?? '') === name)
    const documented = { readers: row?.['Read by'], fallback: plain(row?.Default ?? '') }
    expect(documented).toEqual({ readers: sayReaders(readers), fallback: fallback || documented.fallback })
    expect(documented.fallback).toMatch(/\w/)
    expect(row?.Meaning).toMatch(/\w/)
  })
})

function sayReaders(readers: ReadonlySet<string>): string {
  const services = serviceNames.filter((name) => readers.has(name))
  const others = readers.has('npm') ? ['npm'] : []
  if (services.length === serviceNames.length) return ['every service', ...others].join(', ')
  if (services.join() === servicesWithDatabase.join()) return ['every service with a database', ...others].join(', ')
  return [...services.map((name) => `\`${name}\``), ...others].join(', ')
}

describe('docs/errors.md', () => {
  const known = errorDefinitions()
  const rows = tableRows('docs/errors.md', 'Code')

  test('names every error code, with its status, and no other', () => {
    const defined = new Set(known.map(({ code, status }) => `${code} ${status}`))
    const documented = rows.map((row) => `${plain(row.Code ?? '')} ${row.Status}`)
    expect(documented.toSorted()).toEqual([...defined].toSorted())
  })

  test('a code is defined in errors.ts, and means one status everywhere', () => {
    expect(known.filter(({ path }) => !/^packages\/kit\/|^services\/[^/]+\/src\/errors\.ts$/.test(path))).toEqual([])
    expect(new Set(known.map(({ code }) => code)).size).toBe(
      new Set(known.map(({ code, status }) => `${code} ${status}`)).size
    )
  })

  test('names every code of an error frame, and no other', () => {
    const documented = tableRows('docs/errors.md', 'Frame code').map((row) => plain(row['Frame code'] ?? ''))
    expect(documented.toSorted()).toEqual(frameCodes().toSorted())
  })

  test('every code is expected by a test', () => {
    const missing = known.filter((error) => !isExpectedByTests(error)).map(({ code }) => code)
    expect(missing).toEqual([])
  })

  test('the rule about tests bites', () => {
    const path = 'services/chat/src/errors.ts'
    const unheard = { code: 'NEVER_EXPECTED_ANYWHERE', message: 'Never expected anywhere', status: 400, path }
    expect(isExpectedByTests(unheard)).toBe(false)
    expect(isExpectedByTests({ ...unheard, code: 'THREAD_LOCKED' })).toBe(true)
  })

  test('says of every code when it comes and what to do', () => {
    expect(rows.filter((row) => !/\w/.test(row.When ?? '') || !/\w/.test(row['What to do'] ?? ''))).toEqual([])
  })
})

describe('docs/events.md', async () => {
  const known = await eventRows()
  const rows = tableRows('docs/events.md', 'Event')

  test('names every event of the catalogue, and no other', () => {
    expect(rows.map((row) => plain(row.Event ?? '')).toSorted()).toEqual(known.map(({ name }) => name).toSorted())
  })

  test.each(known)('$name: who applies it before the answer, and who consumes it', ({ name, appliedBy, consumers }) => {
    const row = rows.find((one) => plain(one.Event ?? '') === name)
    expect(quoted(row?.['Before the answer'] ?? '').toSorted()).toEqual(appliedBy.toSorted())
    expect(quoted(row?.Consumers ?? '').toSorted()).toEqual(consumers.toSorted())
  })

  test('a service that must apply an event before the answer has a subscriber for it', () => {
    const missing = known.flatMap(({ name, appliedBy, consumers }) =>
      appliedBy
        .filter((service) => !consumers.some((durable) => durable.startsWith(`${service}-`)))
        .map((service) => `${service}: ${name}`)
    )
    expect(missing).toEqual([])
  })
})

test('docs/events.md names every event that no stream keeps, and no other', () => {
  const rows = tableRows('docs/events.md', 'Kept by no stream')
  const documented = rows.map((row) => `belay.${plain(row['Kept by no stream'] ?? '')}`)
  expect(documented.toSorted()).toEqual(unkeptEvents.map(({ type }) => type).toSorted())
  expect(rows.filter((row) => !/\w/.test(row.When ?? ''))).toEqual([])
})

test('a durable consumer is named after its service and its file, unless the index declares it in a line', () => {
  const found = durables()
  expect(found.length).toBeGreaterThan(0)
  const inFiles = found.filter(({ file }) => file !== 'index')
  expect(inFiles.filter(({ durable, service, file }) => durable !== `${service}-${file}`)).toEqual([])
})

describe('every document', () => {
  test('links only to what is there', () => {
    const broken = documents.flatMap((path) =>
      linksOf(path)
        .filter((link) => !/^[a-z]+:/.test(link))
        .filter((link) => {
          const [file = '', anchor] = link.split('#')
          const target = file === '' ? path : normalize(join(dirname(path), file)).replaceAll('\\', '/')
          if (!existsSync(join(root, target))) return true
          return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor)
        })
        .map((link) => `${path}: ${link}`)
    )
    expect(broken).toEqual([])
  })

  test('names only files that are there', () => {
    const folders = /^(packages|services|tools|docs|scripts|bench|e2e|\.github)\/[\w./-]+$/
    const missing = documents.flatMap((path) =>
      [...read(path).matchAll(/`([^`\s]+)`/g)]
        .map((match) => match[1] ?? '')
        .filter((name) => folders.test(name) && !existsSync(join(root, name)))
        .map((name) => `${path}: ${name}`)
    )
    expect(missing).toEqual([])
  })
})

describe('every file', () => {
  const files = list(
    '*',
    '.*',
    '{docs,packages,services,e2e,bench,tools,scripts,examples,k8s,.github,.ci}/**/*.{ts,js,mjs,json,md,yml,yaml,sh,svg,html}'
    // A work tree beside the repository says in its `.git` where that is.
  ).filter((path) => path !== 'pnpm-lock.yaml' && path !== '.git')

  test('names no document that is not here', () => {
    const here = new Set(documents.map((path) => path.split('/').at(-1)))
    const absent = files.flatMap((path) =>
      [...read(path).matchAll(/(?<![\w/.-])[\w-]+\.md\b/g)]
        .filter(([name]) => !here.has(name))
        .map(([name]) => `${path}: ${name}`)
    )
    expect(absent).toEqual([])
  })

  test('knows no folder of one machine', () => {
    const machine = new RegExp(String.raw`(?<![\w.:~}/-])/(home|Users|root|work|mnt|private|media)/[\w.]`)
    expect(files.filter((path) => machine.test(read(path)))).toEqual([])
  })
})

import { busAccess, type BusService, busServices, durableOf, liveSubjects, permissionsOf } from '@belay/contracts'
import { describe, expect, test } from 'vitest'
import { durables } from './lib/catalogues.ts'
import { plain, quoted, tableRows } from './lib/markdown.ts'
import { list, read } from './lib/repository.ts'

const contracts: Record<string, unknown> = await import('@belay/contracts')

/** Every text that a pattern's group finds in a service's code, once each. */
function found(service: BusService, pattern: RegExp): string[] {
  const texts = list(`services/${service}/src/**/*.ts`).flatMap((path) =>
    [...read(path).matchAll(pattern)].map((match) => match[1] ?? '')
  )
  return [...new Set(texts)].toSorted()
}

/** The subject of a question or an event that is named in code; one that is made for an id stands for all of them. */
function subjectOf(name: string): string {
  const named = contracts[name]
  const question: unknown = typeof named === 'function' ? named('*') : named
  if (typeof question === 'object' && question !== null && 'subject' in question) return String(question.subject)
  throw new Error(`${name} has no subject`)
}

function liveSubject(name: string): string {
  const subject = Object.entries(liveSubjects).find(([known]) => known === name)?.[1]
  if (subject === undefined) throw new Error(`${name} is no live subject`)
  return typeof subject === 'function' ? subject('*') : subject
}

/** What the kit asks for each service that verifies tokens: all but people, who know their own keys. */
const askedByKit = (service: BusService) => (service === 'people' ? [] : ['ListSigningKeys', 'ResolveIdentity'])

describe.each(busServices)('packages/contracts/src/bus/access.ts, %s', (service) => {
  const access = busAccess[service]

  test('names the events that it has subscribers of, and no other', () => {
    const written = durables().flatMap((one) => (one.service === service ? one.durable : []))
    expect(access.consumes.map((event) => durableOf(service, event)).toSorted()).toEqual(written.toSorted())
  })

  test('names the questions that it asks, and no other', () => {
    const asked = [...found(service, /\.ask\(\s*([A-Za-z]+)/g), ...askedByKit(service)].map(subjectOf)
    expect(access.asks.map(({ subject }) => subject).toSorted()).toEqual(asked.toSorted())
  })

  test('answers under the name of its questions', () => {
    const answered = found(service, /\banswerer\(\s*([A-Za-z]+)/g).map(subjectOf)
    expect(answered.filter((subject) => !subject.startsWith(`belay.rpc.${access.serviceName}.`))).toEqual([])
  })

  test('names the live subjects that it publishes to and listens to, and no other', () => {
    const spoken = [
      ...found(service, /publishLive\(\s*liveSubjects\.([A-Za-z]+)/g).map(liveSubject),
      ...found(service, /publishLive\(\s*([A-Za-z]+)\.subject/g).map(subjectOf)
    ]
    expect(access.publishes.toSorted()).toEqual(spoken.toSorted())
    const heard = found(service, /listenLive\(\s*liveSubjects\.([A-Za-z]+)/g).map(liveSubject)
    expect(access.subscribes.toSorted()).toEqual(heard.toSorted())
  })

  test('may publish no subject twice', () => {
    const { allow } = permissionsOf(service).publish
    expect(new Set(allow).size).toBe(allow.length)
  })
})

test('docs/adr/0010-who-may-ask-whom.md names every question between services and its askers, and no other', () => {
  const rows = tableRows('docs/adr/0010-who-may-ask-whom.md', 'Question')
  const documented = rows.flatMap((row) =>
    quoted(row.Askers ?? '').map((asker) => `${asker}: ${plain(row.Question ?? '')}`)
  )
  const allowed = busServices.flatMap((asker) =>
    permissionsOf(asker).publish.allow.flatMap((subject) => {
      const [, question] = /^belay\.rpc\.([a-z]+\.[a-z-]+)(?:\..+)?$/.exec(subject) ?? []
      return question === undefined ? [] : `${asker}: ${question}`
    })
  )
  expect(documented.toSorted()).toEqual(allowed.toSorted())
  expect(rows.filter((row) => !row['What for'] || !row['Without an answer'])).toEqual([])
})

test('docs/adr/0010-who-may-ask-whom.md names what operators may ask', () => {
  const text = read('docs/adr/0010-who-may-ask-whom.md')
  const methods = permissionsOf('operator').publish.allow.map((subject) => subject.split('.').at(-1) ?? '')
  expect(methods.filter((method) => !text.includes(`\`${method}\``))).toEqual([])
})

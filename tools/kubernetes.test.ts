import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { busServices } from '@belay/contracts'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { brokenClusters } from './lib/broken-clusters.ts'
import { variables } from './lib/catalogues.ts'
import { clusterRules, environmentRule } from './lib/cluster-rules.ts'
import { faultOf } from './lib/kubernetes-schemas.ts'
import { type Manifest, manifestsOf, render } from './lib/kustomize.ts'
import { anchorsOf, tableRows } from './lib/markdown.ts'
import { read, root } from './lib/repository.ts'

const overlays = ['k8s/overlays/dev', 'k8s/overlays/production']
const rules = { ...clusterRules, 'environments are what the schemas demand': environmentRule(await variables()) }

describe.each(overlays)('%s', (overlay) => {
  const manifests = render(overlay)

  test('every manifest is valid by the schema of its kind', () => {
    expect(manifests.flatMap((manifest) => faultOf(manifest) ?? [])).toEqual([])
  })

  test.each(Object.entries(rules))('%s', (_name, rule) => {
    expect(rule(manifests)).toEqual([])
  })

  test.runIf(spawnSync('kubectl', ['version', '--client']).status === 0)('kubectl renders the same', () => {
    const { stdout } = spawnSync('kubectl', ['kustomize', join(root, overlay)], { encoding: 'utf8' })
    const theirs = parseAllDocuments(stdout).map((document): Manifest => document.toJS())
    expect(byName(manifests)).toEqual(byName(theirs))
  })
})

const byName = (manifests: readonly Manifest[]) =>
  Object.fromEntries(manifests.map((one) => [`${one.kind} ${one.metadata.name}`, one]))

describe('a broken manifest is noticed', () => {
  test('every rule has a broken example', () => {
    expect(Object.keys(brokenClusters).toSorted()).toEqual(Object.keys(rules).toSorted())
  })

  test.each(Object.entries(rules))('%s', (name, rule) => {
    const text = JSON.stringify(render('k8s/overlays/production'))
    const [from, to] = brokenClusters[name] ?? ['', '']
    const broken: Manifest[] = JSON.parse(text.replace(from, to))
    expect(JSON.stringify(broken)).not.toBe(text)
    expect(rule(broken)).not.toEqual([])
  })

  test('a value outside its schema and a misspelt field', () => {
    const [settings] = manifestsOf('k8s/base/settings.yaml')
    expect(settings && faultOf(settings)).toBeUndefined()
    expect(settings && faultOf({ ...settings, data: { PORT: 8080 } })).toMatch('data/PORT must be string')
    expect(settings && faultOf({ ...settings, immutabel: true })).toMatch('unknown /immutabel')
  })
})

describe('alerts', () => {
  const alerts = [...read('k8s/base/monitoring.yaml').matchAll(/- alert: (\w+)\n\s+expr: >-\n\s+(.+)/g)]
  const documented = tableRows('docs/monitoring.md', 'Metric').map(({ Metric }) => Metric?.replaceAll('`', ''))

  test('each has its section in docs/operations.md', () => {
    const anchors = anchorsOf('docs/operations.md')
    const runbooks = [...read('k8s/base/monitoring.yaml').matchAll(/runbook_url: .*docs\/operations\.md#(.+)/g)]
    expect(runbooks.map(([, anchor]) => anchor)).toEqual(alerts.map(([, name]) => name?.toLowerCase()))
    expect(runbooks.filter(([, anchor]) => !anchors.includes(anchor ?? ''))).toEqual([])
  })

  test('each asks for metrics that exist', () => {
    const asked = alerts.flatMap(([, , query]) => query?.match(/\b[a-z]+(_[a-z0-9]+)+\b(?=[{[)\s])/g) ?? [])
    const names = asked.filter((name) => name !== 'histogram_quantile' && !name.startsWith('nodejs_'))
    expect(names.length).toBeGreaterThan(5)
    expect(names.filter((name) => !documented.includes(name.replace(/_bucket$/, '')))).toEqual([])
  })
})

describe('NATS', () => {
  const values: unknown = parse(read('k8s/nats/values.yaml'))

  test('has three servers, writes through to disk, and includes the logins', () => {
    expect(values).toMatchObject({
      config: {
        cluster: { enabled: true, replicas: 3 },
        jetstream: { enabled: true, merge: { sync_interval: 'always' } },
        merge: { $include: '../belay/belay-auth.conf' }
      },
      container: { patch: [{ value: { mountPath: '/etc/belay' } }] },
      podTemplate: { patch: [{ value: { secret: { secretName: 'nats-authorization' } } }] }
    })
  })

  test('every service that connects to it has a login of its own', () => {
    const secrets = read('k8s/overlays/production/secrets.yaml')
    const logins = [...secrets.matchAll(/NATS_URL: 'nats:\/\/([^:]+):/g)].map(([, login]) => login)
    expect(new Set(logins)).toEqual(new Set(busServices))
  })
})

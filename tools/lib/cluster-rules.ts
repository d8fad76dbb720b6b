import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1'
import { busServices, databaseServices, doors } from '@belay/contracts'
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { Job } from 'kubernetes-models/batch/v1'
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap } from 'kubernetes-models/v1'
import type { Variable } from './catalogues.ts'
import type { Manifest } from './kustomize.ts'
import { read, serviceNames } from './repository.ts'

/** A rule that manifests keep: returns what breaks it. */
export type Rule = (manifests: readonly Manifest[]) => string[]

type Workload = ReturnType<typeof workloadsOf>[number]

/** Returns the services and Jobs with their pods. */
function workloadsOf(manifests: readonly Manifest[]) {
  return manifests.flatMap((manifest) => {
    const isService = Deployment.is(manifest) || StatefulSet.is(manifest)
    if (!isService && !Job.is(manifest)) return []
    const pod = manifest.spec?.template?.spec
    const container = pod?.containers?.[0]
    return pod === undefined || container === undefined
      ? []
      : [{ name: manifest.metadata?.name ?? '', kind: manifest.kind, isService, pod, container }]
  })
}

/** Returns the workloads, or only those of services, of which something is not as it should be. */
const failing =
  (isRight: (workload: Workload) => boolean, which: (workload: Workload) => boolean = () => true): Rule =>
  (manifests) =>
    workloadsOf(manifests)
      .filter((workload) => which(workload) && !isRight(workload))
      .map(({ name }) => name)

const services = ({ isService }: Workload) => isService

/** Returns the services without a manifest of a kind that selects or targets them. */
const missing = (names: readonly (string | undefined)[]) => serviceNames.filter((name) => !names.includes(name))

/** How long a process may take to stop, in seconds. */
const stopsWithinSeconds =
  Number(/stopWithinMs = ([\d_]+)/.exec(read('packages/kit/src/run-service.ts'))?.[1]?.replaceAll('_', '')) / 1000

/** Who may connect to whom, as ARCHITECTURE.md draws it: `from > to:port`. */
const edges = [
  'ingress > gateway:8080',
  'ingress > realtime-gateway:8080',
  ...serviceNames.filter((name) => name !== 'gateway').map((name) => `gateway > ${name}:8080`),
  ...serviceNames.map((name) => `monitoring > ${name}:8080`),
  ...[...databaseServices, 'provision'].map((name) => `${name} > postgres:5432`),
  ...busServices.map((name) => `${name} > nats:4222`)
].toSorted()

/** What production needs although it has a default or may be missing in development. */
const neededInProduction = ['NODE_ENV', 'HOST', 'PORT', 'PUBLIC_URL', 'GATEWAY_SECRET']

/** Every container gets the variables that its service's schema demands, and none that it does not read. */
export const environmentRule =
  (variables: readonly Variable[]): Rule =>
  (manifests) => {
    const settings = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'settings')
    const shared = ConfigMap.is(settings) ? Object.keys(settings.data ?? {}) : []
    return workloadsOf(manifests)
      .filter(services)
      .flatMap(({ name, container }) => {
        const given = new Set([...shared, ...(container.env ?? []).map((variable) => variable.name)])
        const known = variables.filter(({ readers }) => readers.has(name))
        const demanded = [
          ...neededInProduction,
          ...(busServices.some((one) => one === name) ? ['NATS_URL'] : []),
          ...known.filter(({ fallback }) => fallback === 'required').map((variable) => variable.name)
        ]
        return [
          ...demanded.filter((variable) => !given.has(variable)).map((variable) => `${name} lacks ${variable}`),
          ...[...given]
            .filter((variable) => !known.some((one) => one.name === variable))
            .map((variable) => `${name} does not read ${variable}`)
        ]
      })
  }

/** Within PostgreSQL and NATS, and for those who operate them. */
const plumbing = /^(nats > nats|postgres > postgres|cnpg-system > postgres|monitoring > (nats|postgres)):/

/** The rules of every overlay, by name. */
export const clusterRules: Readonly<Record<string, Rule>> = {
  'every service runs': (manifests) =>
    missing(workloadsOf(manifests).flatMap(({ name, isService }) => (isService ? [name] : []))),
  'pods do not run as root': failing(({ pod }) => pod.securityContext?.runAsNonRoot === true),
  'system calls are filtered': failing(({ pod }) => pod.securityContext?.seccompProfile?.type === 'RuntimeDefault'),
  'root file systems are read-only': failing(
    ({ container }) => container.securityContext?.readOnlyRootFilesystem === true
  ),
  'no process gains privileges': failing(
    ({ container }) =>
      container.securityContext?.allowPrivilegeEscalation === false &&
      container.securityContext.capabilities?.drop?.join() === 'ALL'
  ),
  'pods have a ServiceAccount of their own and no token of it': failing(
    ({ name, pod }) => pod.serviceAccountName === name && pod.automountServiceAccountToken === false
  ),
  'containers have requests and a limit of memory': failing(({ container: { resources } }) =>
    [resources?.requests?.cpu, resources?.requests?.memory, resources?.limits?.memory].every(Boolean)
  ),
  'probes ask /livez and /readyz': failing(
    ({ container }) =>
      container.startupProbe?.httpGet?.path === '/livez' &&
      container.livenessProbe?.httpGet?.path === '/livez' &&
      container.readinessProbe?.httpGet?.path === '/readyz',
    services
  ),
  'a service has the time to drain': failing(
    ({ pod, container }) =>
      (container.lifecycle?.preStop?.sleep?.seconds ?? 0) > 0 &&
      (pod.terminationGracePeriodSeconds ?? 0) >
        (container.lifecycle?.preStop?.sleep?.seconds ?? 0) + stopsWithinSeconds,
    services
  ),
  'replicas are spread over nodes and zones': failing(
    ({ pod }) => pod.topologySpreadConstraints?.length === 2,
    services
  ),
  'the program is what the package starts': failing(({ name, container }) => {
    const started: unknown = JSON.parse(read(`services/${name}/package.json`)).scripts.start
    return started === `node ${container.args?.join(' ').replace(`services/${name}/`, '')}`
  }, services),
  'every service has a PodDisruptionBudget': (manifests) =>
    missing(
      manifests.flatMap((one) =>
        PodDisruptionBudget.is(one) ? [one.spec?.selector?.matchLabels?.['app.kubernetes.io/name']] : []
      )
    ),
  'every service has a HorizontalPodAutoscaler': (manifests) =>
    missing(manifests.flatMap((one) => (HorizontalPodAutoscaler.is(one) ? [one.spec?.scaleTargetRef.name] : []))),
  'the gateway names every pod of the realtime gateway': (manifests) => {
    const most = manifests.flatMap((one) =>
      HorizontalPodAutoscaler.is(one) && one.metadata?.name === 'realtime-gateway' ? [one.spec?.maxReplicas ?? 0] : []
    )
    const urls = workloadsOf(manifests)
      .find(({ name }) => name === 'gateway')
      ?.container.env?.find(({ name }) => name === 'REALTIME_URL')?.value
    return (urls?.split(',').length ?? 0) >= (most[0] ?? Infinity) ? [] : [`${urls} for ${most.join()} replicas`]
  },
  'sockets reach the replica that holds them': (manifests) => {
    const routes = manifests.flatMap(routesIn).toSorted((one, other) => other.path.length - one.path.length)
    const backendOf = (address: string) => routes.find(({ path }) => `${address}/`.startsWith(`${path}/`))?.backend
    return doors
      .flatMap(({ sockets = [] }) => sockets)
      .filter(
        ({ protocol, address }) => backendOf(address) !== (protocol === 'engine.io' ? 'gateway' : 'realtime-gateway')
      )
      .map(({ protocol, address }) => `${address} (${protocol}) goes to ${backendOf(address)}`)
  },
  'nothing is allowed by default': (manifests) => {
    const closed = manifests.some(
      (one) =>
        NetworkPolicy.is(one) &&
        JSON.stringify(one.spec) === JSON.stringify({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] })
    )
    return closed ? [] : ['no NetworkPolicy denies everything']
  },
  'connections are those of the architecture, allowed on both ends': (manifests) => {
    const policies = manifests.flatMap((one) => (NetworkPolicy.is(one) ? [one] : []))
    const incoming = policies.flatMap((policy) => edgesOf(policy, 'in'))
    const outgoing = policies.flatMap((policy) => edgesOf(policy, 'out'))
    const own = incoming.filter((edge) => !plumbing.test(edge))
    return [
      ...own.filter((edge) => !edges.includes(edge)).map((edge) => `${edge} is not in ARCHITECTURE.md`),
      ...edges.filter((edge) => !own.includes(edge)).map((edge) => `${edge} may not come in`),
      ...edges
        .filter((edge) => !/^(ingress|monitoring) /.test(edge) && !outgoing.includes(edge))
        .map((edge) => `${edge} may not go out`),
      ...outgoing.filter((edge) => !incoming.includes(edge)).map((edge) => `${edge} goes out and not in`)
    ]
  }
}

/** Returns the path prefixes of a route, without a slash at their end, and the Services that they go to. */
function routesIn(manifest: Manifest) {
  const route = (path = '', backend = '') => ({ path: path.replace(/\/$/, ''), backend })
  if (HTTPRoute.is(manifest))
    return (manifest.spec?.rules ?? []).flatMap(({ matches = [], backendRefs = [] }) =>
      matches.map(({ path }) => route(path?.value, backendRefs[0]?.name))
    )
  if (Ingress.is(manifest))
    return (manifest.spec?.rules ?? []).flatMap(({ http }) =>
      (http?.paths ?? []).map(({ path, backend }) => route(path, backend.service?.name))
    )
  return []
}

/** Returns the connections that a policy allows with what has a name: `from > to:port`. */
function edgesOf({ spec }: NetworkPolicyLike, way: 'in' | 'out'): string[] {
  const self = nameIn(spec?.podSelector?.matchLabels)
  if (self === undefined) return []
  const rules =
    way === 'in'
      ? (spec?.ingress ?? []).map(({ from, ports }) => ({ peers: from, ports }))
      : (spec?.egress ?? []).map(({ to, ports }) => ({ peers: to, ports }))
  return rules.flatMap(({ peers, ports }) =>
    // A rule without peers allows all of them: coming in, that is an edge which no picture has.
    (peers ?? (way === 'in' ? [{}] : [])).flatMap((peer) => {
      const other = nameIn(peer.podSelector?.matchLabels) ?? nameIn(peer.namespaceSelector?.matchLabels) ?? 'anything'
      const [from, to] = way === 'in' ? [other, self] : [self, other]
      return (ports ?? [{ port: 'any' }]).map(({ port }) => `${from} > ${to}:${port}`)
    })
  )
}

type NetworkPolicyLike = Pick<InstanceType<typeof NetworkPolicy>, 'spec'>

function nameIn(labels: Readonly<Record<string, string>> | undefined): string | undefined {
  if (labels?.['cnpg.io/cluster'] !== undefined) return 'postgres'
  if (labels?.['belay/ingress'] !== undefined) return 'ingress'
  if (labels?.['belay/monitoring'] !== undefined) return 'monitoring'
  return labels?.['app.kubernetes.io/name'] ?? labels?.['kubernetes.io/metadata.name']
}

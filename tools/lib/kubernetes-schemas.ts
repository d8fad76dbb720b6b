import { Cluster, ScheduledBackup } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1'
import { ExternalSecret } from '@kubernetes-models/external-secrets/external-secrets.io/v1'
import { HTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1'
import { PrometheusRule, ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1'
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { Job } from 'kubernetes-models/batch/v1'
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { ConfigMap, Service, ServiceAccount } from 'kubernetes-models/v1'
import type { Manifest } from './kustomize.ts'

const models = [
  Cluster,
  ConfigMap,
  Deployment,
  ExternalSecret,
  HorizontalPodAutoscaler,
  HTTPRoute,
  Ingress,
  Job,
  NetworkPolicy,
  PodDisruptionBudget,
  PrometheusRule,
  ScheduledBackup,
  Service,
  ServiceAccount,
  ServiceMonitor,
  StatefulSet
]

/**
 * Returns why a manifest is not valid by the JSON schema of its kind, Kubernetes' own or that of a CRD; undefined if it is.
 * The schemas allow fields that they do not name; one that the validator never reads is a fault here.
 */
export function faultOf(manifest: Manifest): string | undefined {
  const { apiVersion, kind, metadata } = manifest
  const model = models.find((one) => one.apiVersion === apiVersion && one.kind === kind)
  if (model === undefined) return `${kind} ${metadata.name}: no schema of ${apiVersion}`
  const unread = new Set<string>()
  try {
    model.prototype.validate.call(watched(manifest, '', unread))
  } catch (error) {
    return `${kind} ${metadata.name}: ${error instanceof Error ? error.message : String(error)}`
  }
  return unread.size === 0 ? undefined : `${kind} ${metadata.name}: unknown ${[...unread].join(', ')}`
}

/** Returns a view of `value`; `unread` holds the paths in it that have not been read yet. */
function watched<T extends object>(value: T, path: string, unread: Set<string>): T {
  const views = new Map<PropertyKey, unknown>()
  for (const [key, child] of Object.entries(value)) {
    unread.add(`${path}/${key}`)
    views.set(key, typeof child === 'object' && child !== null ? watched(child, `${path}/${key}`, unread) : child)
  }
  return new Proxy(value, {
    get(target, key) {
      unread.delete(`${path}/${String(key)}`)
      return views.get(key) ?? Reflect.get(target, key)
    }
  })
}

/**
 * For each rule about the cluster, a change of the rendered manifests (JSON) that breaks it: proof that the rule sees what
 * it looks for.
 */
export const brokenClusters: Readonly<Record<string, readonly [from: string | RegExp, to: string]>> = {
  'every service runs': ['"kind":"StatefulSet"', '"kind":"DaemonSet"'],
  'pods do not run as root': ['"runAsNonRoot":true', '"runAsNonRoot":false'],
  'system calls are filtered': ['"RuntimeDefault"', '"Unconfined"'],
  'root file systems are read-only': ['"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false'],
  'no process gains privileges': ['"drop":["ALL"]', '"drop":["NET_RAW"]'],
  'pods have a ServiceAccount of their own and no token of it': [
    '"serviceAccountName":"chat"',
    '"serviceAccountName":"people"'
  ],
  'containers have requests and a limit of memory': ['"requests":{"cpu":"250m",', '"requests":{'],
  'probes ask /livez and /readyz': ['"path":"/readyz"', '"path":"/livez"'],
  'a service has the time to drain': ['"terminationGracePeriodSeconds":20', '"terminationGracePeriodSeconds":15'],
  'replicas are spread over nodes and zones': [/"topologySpreadConstraints":\[\{.*?\}\}\]/, '"hostNetwork":false'],
  'the program is what the package starts': ['services/chat/dist/src/main.js', 'services/chat/dist/main.js'],
  'every service has a PodDisruptionBudget': ['"kind":"PodDisruptionBudget"', '"kind":"PriorityClass"'],
  'every service has a HorizontalPodAutoscaler': ['"kind":"HorizontalPodAutoscaler"', '"kind":"PriorityClass"'],
  'the gateway names every pod of the realtime gateway': [', http://realtime-gateway-5.realtime-gateway-pods:8080', ''],
  'sockets reach the replica that holds them': [
    '"backendRefs":[{"name":"gateway"',
    '"backendRefs":[{"name":"realtime-gateway"'
  ],
  'nothing is allowed by default': [
    '"podSelector":{},"policyTypes":["Ingress","Egress"]',
    '"podSelector":{},"policyTypes":[]'
  ],
  'connections are those of the architecture, allowed on both ends': [
    '"belay/ingress":"true"',
    '"kubernetes.io/metadata.name":"default"'
  ],
  'environments are what the schemas demand': ['"name":"KEY_ENCRYPTION_SECRET"', '"name":"KEY_ENCRYPTION"']
}

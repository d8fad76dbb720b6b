import type { ServiceName } from '@belay/launcher'

/** How many processes of a service run. */
export const replicas: Readonly<Partial<Record<ServiceName, number>>> = { chat: 2, 'realtime-gateway': 2 }

/** The numbers of a service's processes. */
export function replicasOf(service: ServiceName): number[] {
  return Array.from({ length: replicas[service] ?? 1 }, (_, index) => index)
}

import fp from 'fastify-plugin'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Counters } from '#src/core/counters.ts'
import type { Connections } from '#src/core/connections.ts'
import type { Realtime } from '#src/core/realtime.ts'

type Count = keyof { [Key in keyof Counters as Counters[Key] extends number ? Key : never]: true }

/** What only grows: the counter, and the name and meaning of its metric. */
const totals: readonly (readonly [count: Count, name: string, help: string])[] = [
  ['deliveries', 'deliveries', 'Messages delivered to sockets'],
  ['gaps', 'gaps', 'Times a socket was found to have missed messages'],
  ['resets', 'resets', 'Places in a log that could not be continued'],
  ['recovered', 'recovered', 'Messages delivered from the log instead of live'],
  ['recoveryFailures', 'recovery_failures', 'Reads of the log that failed'],
  ['deadPeers', 'dead_peers', 'Sockets dropped for not answering pings'],
  ['refusedUpgrades', 'refused_upgrades', 'Handshakes refused'],
  ['appendRequests', 'append_requests', 'Requests to the chat that carried messages'],
  ['appendedMessages', 'appended_messages', 'Messages in those requests'],
  ['typingDropped', 'typing_dropped', 'Typing frames above the limit'],
  ['badSignals', 'bad_signals', 'Live signals outside their schema']
]

/** Exposes the core's counters at `/metrics`. */
export default fp<{ realtime: Realtime }>(
  async (app, { realtime }) => {
    const { connections, counters, sending, threads } = realtime
    for (const [count, name, help] of totals) addTotal(app.metrics, name, help, () => counters[count])
    addTotalBy(app.metrics, 'closed', 'Sockets closed by the server', 'ending', counters.closings)
    addTotalBy(app.metrics, 'disconnects', 'Sockets that ended, also by themselves', 'reason', counters.disconnects)
    addTotalBy(app.metrics, 'refusals', 'Frames answered with an error', 'reason', counters.refusals)
    addGauge(app.metrics, 'connections', 'Open sockets', () => connections.size)
    addAdmitted(app.metrics, connections)
    addGauge(app.metrics, 'opening_connections', 'Sockets that have not been admitted yet', () => connections.opening)
    addGauge(app.metrics, 'threads', 'Threads with sockets here', () => threads.size)
    addGauge(app.metrics, 'subscriptions', 'Places of sockets in threads', () => threads.countSubscriptions())
    addGauge(app.metrics, 'waiting_sends', 'Messages that wait for their turn', () => sending.waiting)
  },
  { name: 'realtime.metrics' }
)

function addTotal(registry: Registry, name: string, help: string, value: () => number): void {
  const collect = function (this: Counter) {
    this.reset()
    this.inc(value())
  }
  registry.registerMetric(new Counter({ name: `belay_realtime_${name}_total`, help, registers: [], collect }))
}

function addTotalBy(
  registry: Registry,
  name: string,
  help: string,
  label: string,
  counts: ReadonlyMap<string, number>
): void {
  const collect = function (this: Counter) {
    this.reset()
    for (const [key, value] of counts) this.inc({ [label]: key }, value)
  }
  const labelNames = [label]
  registry.registerMetric(
    new Counter({ name: `belay_realtime_${name}_total`, help, labelNames, registers: [], collect })
  )
}

function addGauge(registry: Registry, name: string, help: string, value: () => number): void {
  const collect = function (this: Gauge) {
    this.set(value())
  }
  registry.registerMetric(new Gauge({ name: `belay_realtime_${name}`, help, registers: [], collect }))
}

function addAdmitted(registry: Registry, connections: Connections): void {
  const collect = function (this: Gauge) {
    this.reset()
    for (const { transport, door, count } of connections.countAdmitted()) this.set({ transport, door }, count)
  }
  const help = 'Admitted sockets by transport and front door'
  const labelNames = ['transport', 'door']
  registry.registerMetric(
    new Gauge({ name: 'belay_realtime_admitted_connections', help, labelNames, registers: [], collect })
  )
}

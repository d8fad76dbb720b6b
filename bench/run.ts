/**
 * `npm run bench [-- scenario …] [--peers] [--separate] [--rate-limits] [--quick]`: starts systems of its own with durable
 * Postgres and NATS, loads them from another process and prints what came out. See README.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { factsOf, showResults } from './lib/results.ts'
import { type Section, showFindings } from './lib/section.ts'
import { peerName, type Plan, relayedName, type Side } from './lib/side.ts'
import { showTable } from './lib/table.ts'
import { runGroup } from './scenarios/group.ts'
import { runHttpSends } from './scenarios/http-sends.ts'
import { runIdleSocketIo, runIdleSockets } from './scenarios/idle-sockets.ts'
import { runLists } from './scenarios/lists.ts'
import { runSocketIoSends } from './scenarios/socket-io-sends.ts'
import { runSocketSends } from './scenarios/socket-sends.ts'
import { runStart } from './scenarios/start.ts'
import { startPeer } from './sides/peer.ts'
import { type ProductOptions, productSide, type RunningProduct, startProduct } from './sides/product.ts'

/** Memory comes first: what the other scenarios leave behind would be used again instead of added. Large data comes late. */
const scenarios = {
  'idle-sockets': runIdleSockets,
  'idle-socket-io': runIdleSocketIo,
  'socket-sends': runSocketSends,
  'socket-io-sends': runSocketIoSends,
  'http-sends': runHttpSends,
  group: runGroup,
  lists: runLists,
  start: runStart
}

const plan: Plan = {
  rounds: 3,
  warmUpSeconds: 1,
  seconds: 5,
  pairs: 50,
  groupSize: 500,
  idlePerPerson: 20,
  scales: [1, 10, 100],
  calls: 300
}

const quickPlan: Plan = {
  rounds: 1,
  warmUpSeconds: 1,
  seconds: 1,
  pairs: 5,
  groupSize: 10,
  idlePerPerson: 2,
  scales: [1, 2],
  calls: 20
}

const { values: flags, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    peers: { type: 'boolean', default: false },
    separate: { type: 'boolean', default: false },
    'rate-limits': { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false }
  }
})

process.exitCode = await main()

async function main(): Promise<number> {
  const unknown = wanted.filter((name) => !(name in scenarios))
  if (unknown.length > 0) {
    console.error(`unknown scenario ${unknown.join(', ')}; there are ${Object.keys(scenarios).join(', ')}`)
    return 1
  }
  const bench = { plan: flags.quick ? quickPlan : plan }
  if (flags.quick) console.log('Too quick for its figures to mean anything.')
  const running = new AsyncDisposableStack()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void running.disposeAsync().finally(() => process.exit(1)))
  try {
    const { sides, postgres } = await startSides(bench.plan, running)
    const facts = factsOf({ command: command(), postgres, ...bench.plan })
    const sections: Section[] = []
    for (const [name, run] of Object.entries(scenarios)) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      const found = await run({ ...bench, sides })
      for (const { title, table } of found) console.log(`\n${title}\n${showTable(table)}`)
      console.log(`\n${showFindings(found)}`)
      sections.push(...found)
      // After each scenario: a run that is stopped leaves what it has found out.
      if (flags.peers && !flags.quick)
        writeFileSync(join(import.meta.dirname, 'RESULTS.md'), showResults(facts, sections))
    }
    return sections.flatMap(({ findings }) => findings).some(({ what, value }) => what === 'errors' && value > 0)
      ? 1
      : 0
  } finally {
    await running.disposeAsync()
  }
}

async function startSides(sizes: Plan, running: AsyncDisposableStack): Promise<{ sides: Side[]; postgres: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'belay-bench-'))
  running.defer(() => rmSync(folder, { recursive: true, force: true }))
  const log = (line: string) => (process.env['BENCH_LOGS'] ? console.error(line) : undefined)
  const start = async (options: Pick<ProductOptions, 'form' | 'rateLimits'>): Promise<RunningProduct> => {
    const product = await startProduct({ ...options, plan: sizes, folder, log })
    running.defer(product.stop)
    return product
  }
  const one = await start({ form: 'one process', rateLimits: false })
  const sides = [productSide(one, { name: 'one process', comparedWith: [peerName], socketsTo: 'gateway' })]
  if (flags['rate-limits']) {
    const limited = await start({ form: 'one process', rateLimits: true })
    sides.push(productSide(limited, { name: 'limits on', comparedWith: ['one process'], socketsTo: 'gateway' }))
  }
  if (flags.separate) {
    const apart = await start({ form: 'separate', rateLimits: false })
    sides.push(
      productSide(apart, {
        name: 'separate',
        comparedWith: [peerName, 'one process'],
        socketsTo: 'realtime-gateway'
      }),
      productSide(apart, { name: relayedName, comparedWith: ['separate'], socketsTo: 'gateway' })
    )
  }
  if (flags.peers) {
    const peer = await startPeer(sizes, folder, log)
    running.defer(peer.stop)
    sides.push(peer.side)
  }
  return { sides, postgres: await postgresVersion(one.system.postgresUrl) }
}

async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('show server_version')
  await client.end()
  return rows[0]?.server_version ?? 'unknown'
}

function command(): string {
  const given = [...wanted, ...Object.entries(flags).flatMap(([name, on]) => (on ? [`--${name}`] : []))]
  return ['npm run bench', ...(given.length > 0 ? ['--', ...given] : [])].join(' ')
}

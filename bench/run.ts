/**
 * `npm run bench [scenario …]`: starts a system of its own on a fresh data folder with
 * durable Postgres and NATS, loads it from another process and prints what came out. Figures of one run on one machine:
 * compare ratios, not runs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startSystem } from '@belay/launcher'
import { runGroup } from './scenarios/group.ts'
import { runHttpSends } from './scenarios/http-sends.ts'
import { runIdleSocketIo, runIdleSockets } from './scenarios/idle-sockets.ts'
import { runInbox } from './scenarios/inbox.ts'
import { runLists } from './scenarios/lists.ts'
import { runSocketIoSends } from './scenarios/socket-io-sends.ts'
import { runSocketSends } from './scenarios/socket-sends.ts'

/** Memory comes first: what the other scenarios leave behind would be used again instead of added. */
const scenarios = {
  'idle-sockets': runIdleSockets,
  'idle-socket-io': runIdleSocketIo,
  'socket-sends': runSocketSends,
  'socket-io-sends': runSocketIoSends,
  'http-sends': runHttpSends,
  group: runGroup,
  inbox: runInbox,
  lists: runLists
}

const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in scenarios))
if (unknown.length > 0) {
  console.error(`unknown scenario ${unknown.join(', ')}; there are ${Object.keys(scenarios).join(', ')}`)
  process.exit(1)
}

const dataDir = mkdtempSync(join(tmpdir(), 'belay-bench-'))
const system = await startSystem({
  dataDir,
  publicPort: await freePort(),
  env: {
    ...process.env,
    RATE_LIMITS: 'off',
    LOG_LEVEL: 'warn',
    ADMIN_EMAIL: 'bench@example.org',
    ADMIN_PASSWORD: 'bench-administrator'
  },
  log: (line) => (process.env['BENCH_LOGS'] ? console.error(line) : undefined)
})
try {
  console.log(`Node ${process.version}, ${cpus().length} cores, load generator on the same machine, durable Postgres`)
  for (const [name, run] of Object.entries(scenarios)) {
    if (wanted.length === 0 || wanted.includes(name)) await run(system)
  }
} finally {
  await system.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

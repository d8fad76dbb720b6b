// A service process that is killed at the worst moment: committed, not published. Run by crash.test.ts.
import { createDatabase } from '@belay/db'
import { ThreadLocked } from '@belay/contracts'
import { randomUUID } from 'node:crypto'
import { createStore, type EventTables, recordEvent } from '../src/index.ts'

const silent = { debug() {}, info() {}, warn() {}, error() {} }
const url = process.argv[2] ?? ''
const store = createStore<EventTables>({
  db: createDatabase<EventTables>({ url, schema: 'chat', poolMax: 2, applicationName: 'crashing' }),
  source: 'chat',
  clock: { now: () => new Date() },
  newId: randomUUID,
  async publish() {
    process.kill(process.pid, 'SIGKILL')
  },
  applyTo: async () => {},
  log: silent
})
store.relay.start()
const data = { thread_id: 'orphan', context: 'session' as const, context_id: 'orphan', reason: 'crash' }
await store.transaction((trx) => recordEvent(trx, ThreadLocked, { subject: 'orphan', data }))

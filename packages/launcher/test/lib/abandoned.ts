// Takes a data folder, starts a nats-server there, prints its process id, and waits to be killed without stopping it.
import { join } from 'node:path'
import { openDataFolder } from '../../src/data-folder.ts'
import { startNats } from '../../src/index.ts'

const [dataDir = ''] = process.argv.slice(2)
const { path, lock } = await openDataFolder(dataDir)
const nats = await startNats({ dataDir: join(path, 'nats'), lock, log: () => undefined })
console.log(nats.pid)
setInterval(() => undefined, 60_000)

// Starts a nats-server, says its number, and waits to be killed without a chance to stop it.
import { startNats } from '../../src/index.ts'

const [dataDir = ''] = process.argv.slice(2)
const nats = await startNats({ dataDir, log: () => undefined })
console.log(nats.pid)
setInterval(() => undefined, 60_000)

// Stands in for a service: ready at once, shows its environment, and ends as the test's environment says.
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

const { env } = process
const name = process.argv[2]
if (env.STAND_IN_FAILS === name) {
  console.error(`the setting of ${name} is missing`)
  process.exit(1)
}
// Another program has taken its port, on the first start only.
const marker = env.STAND_IN_LOSES_PORT
if (name === 'chat' && marker && !existsSync(marker)) {
  writeFileSync(marker, env.PORT ?? '')
  console.error('Error: listen EADDRINUSE: address already in use')
  process.exit(1)
}
const server = createServer((request, response) => {
  if (env.STAND_IN_NEVER_READY === name) response.statusCode = 503
  response.end(request.url === '/env' ? JSON.stringify(env) : JSON.stringify({ name, pid: process.pid }))
})
server.listen(Number(env.PORT), env.HOST, () => {
  console.log(JSON.stringify({ level: 30, time: Date.now(), msg: `${name} listens` }))
})
process.on('SIGTERM', () => process.exit(0))

// Stands in for a service: ready at once, shows its environment, and ends as the test's environment says.
import { createServer } from 'node:http'

const { env } = process
const name = process.argv[2]
if (env.STAND_IN_FAILS === name) {
  console.error(`the setting of ${name} is missing`)
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

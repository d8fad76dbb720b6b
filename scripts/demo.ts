/**
 * `npm run demo`: plays the front doors' flows against a running system. `BELAY_URL` names another than the default; with
 * the administrator's `ADMIN_EMAIL` and `ADMIN_PASSWORD` it shows what premium people and administrators see as well.
 */
import { DemoFailed } from './demo/check.ts'
import { playSendBuddy } from './demo/send-buddy.ts'
import { playShua } from './demo/shua.ts'
import { playVibesMatch } from './demo/vibesmatch.ts'
import { playWingman } from './demo/wingman.ts'

const origin = process.env['BELAY_URL'] ?? `http://localhost:${process.env['PORT'] ?? 8080}`
const { ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = process.env
let step = 0
const say = (line: string) => {
  step += 1
  console.log(`${String(step).padStart(3)}. ${line}`)
}

try {
  console.log(`Send Buddy, at ${origin}`)
  await playSendBuddy(origin, say)
  console.log(`Shua, at ${origin}`)
  await playShua(origin, say)
  console.log(`VibesMatch, at ${origin}`)
  await playVibesMatch(origin, say, email !== undefined && password !== undefined ? { email, password } : undefined)
  console.log(`Wingman, at ${origin}`)
  await playWingman(origin, say)
  console.log('All as promised.')
} catch (error) {
  console.error(
    error instanceof DemoFailed
      ? `Not as promised: ${error.message}`
      : `Is Belay running at ${origin}? ${String(error)}`
  )
  process.exitCode = 1
}

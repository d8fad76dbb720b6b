/** `npm run demo`: plays the front doors' flows against a running system. `BELAY_URL` names another than the default. */
import { DemoFailed } from './demo/check.ts'
import { playSendBuddy } from './demo/send-buddy.ts'
import { playShua } from './demo/shua.ts'

const origin = process.env['BELAY_URL'] ?? `http://localhost:${process.env['PORT'] ?? 8080}`
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
  console.log('All as promised.')
} catch (error) {
  console.error(
    error instanceof DemoFailed
      ? `Not as promised: ${error.message}`
      : `Is Belay running at ${origin}? ${String(error)}`
  )
  process.exitCode = 1
}

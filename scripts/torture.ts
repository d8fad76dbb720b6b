// npm run torture [-- --minutes 10] [-- --seed S] [-- --fault name]: traffic and faults on a system of its own, and a look
// at every promise. Exits with 1 at the first broken one, with its evidence and the seed.
import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { reportOf } from '../e2e/torture/report.ts'
import { torture, TortureFailed } from '../e2e/torture/run.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' }, fault: { type: 'string' } }
})
const seed = values.seed ?? String(randomInt(1e9))
const minutes = Number(values.minutes)
if (!(minutes > 0)) {
  console.error(`--minutes must be a number above 0, not "${values.minutes}"`)
  process.exit(1)
}
console.log(`seed ${seed}: npm run torture -- --minutes ${minutes} --seed ${seed}`)

const startedAt = performance.now()
try {
  const tally = await torture({ seed, only: values.fault, forMs: minutes * 60_000, say: (line) => console.log(line) })
  console.log(`\n${reportOf(tally, seed, (performance.now() - startedAt) / 60_000).join('\n')}`)
  process.exit(0)
} catch (error) {
  if (error instanceof TortureFailed) console.error(error.logs)
  console.error(`\n${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

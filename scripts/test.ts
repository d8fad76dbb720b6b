// npm test [-- <filter> …]: the tests, and beside them format, lint, types and unused code. A filter, such as services/chat,
// narrows the tests alone; options are passed on to vitest. All stages run; the exit code is 1 if one fails.
import { type ChildProcess, spawn } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

interface Stage {
  name: string
  program: string
  args: string[]
}

const checks: Stage[] = [
  { name: 'format', program: 'oxfmt', args: ['--check', '.'] },
  { name: 'lint', program: 'oxlint', args: [] },
  { name: 'types', program: 'turbo', args: ['run', 'typecheck', '--output-logs=errors-only'] },
  { name: 'unused', program: 'knip', args: [] }
]
const tests: Stage = { name: 'tests', program: 'vitest', args: ['run', ...process.argv.slice(2)] }

const running = new Set<ChildProcess>()
let stopped = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stopped = true
    for (const child of running) child.kill(signal)
  })
}

const failed: string[] = []
const times: string[] = []
const outputs = await Promise.all([run(tests, 'inherit'), ...checks.map((check) => run(check, 'pipe'))])
process.stdout.write(outputs.join(''))
process.stdout.write(`\n${times.join(', ')}\n`)
process.stdout.write(failed.length === 0 ? 'All passed.\n' : `Failed: ${failed.join(', ')}\n`)
process.exit(failed.length === 0 && !stopped ? 0 : 1)

/** Runs a stage to its end and returns its output. Piped stages get only the processor time that the others leave. */
async function run({ name, program, args }: Stage, stdio: 'pipe' | 'inherit'): Promise<string> {
  const startedAt = performance.now()
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    FORCE_COLOR: process.stdout.isTTY ? '1' : '0'
  }
  const child = spawn(join('node_modules', '.bin', program), args, { stdio: ['inherit', stdio, stdio], env })
  running.add(child)
  if (stdio === 'pipe' && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`${name}: ${error.message}\n`))
    child.once('close', (code) => resolve(code === 0 ? '' : `${name} failed\n`))
  })
  const streams = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''))
  const [failure, ...output] = await Promise.all([ended, ...streams])
  running.delete(child)
  if (failure !== '') failed.push(name)
  times.push(`${name} ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  return stdio === 'pipe' ? `\n== ${name}\n${output.join('')}${failure}` : ''
}

// npm test [-- <filter> …]: format, lint, types, unused code, then the tests. A filter, such as services/chat, narrows
// the tests alone; whatever starts with a dash goes to vitest too. All stages run; the exit code tells if all passed.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

interface Stage {
  name: string
  program: string
  args: string[]
}

const stages: Stage[] = [
  { name: 'format', program: 'oxfmt', args: ['--check', '.'] },
  { name: 'lint', program: 'oxlint', args: [] },
  { name: 'types', program: 'turbo', args: ['run', 'typecheck', '--output-logs=errors-only'] },
  { name: 'unused', program: 'knip', args: [] },
  { name: 'tests', program: 'vitest', args: ['run', ...process.argv.slice(2)] }
]

let running: ReturnType<typeof spawn> | undefined
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))

const failed: string[] = []
const times: string[] = []
for (const stage of stages) {
  process.stdout.write(`\n== ${stage.name}\n`)
  const startedAt = performance.now()
  const passed = await runStage(stage)
  times.push(`${stage.name} ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  if (!passed) failed.push(stage.name)
}
process.stdout.write(`\n${times.join(', ')}\n`)
process.stdout.write(failed.length === 0 ? 'All passed.\n' : `Failed: ${failed.join(', ')}\n`)
process.exit(failed.length === 0 ? 0 : 1)

function runStage(stage: Stage): Promise<boolean> {
  const program = join('node_modules', '.bin', stage.program)
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
    FORCE_COLOR: process.stdout.isTTY ? '1' : '0'
  }
  return new Promise((resolve) => {
    running = spawn(program, stage.args, { stdio: 'inherit', env })
    running.once('error', (error) => {
      process.stderr.write(`${stage.name}: ${error.message}\n`)
      resolve(false)
    })
    running.once('close', (code) => resolve(code === 0))
  })
}

function stop(signal: NodeJS.Signals): void {
  running?.once('close', () => process.exit(1))
  running?.kill(signal)
}

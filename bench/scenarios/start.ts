import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from '@belay/launcher'
import { startBudgets } from '../lib/budgets.ts'
import { readNodeMemory } from '../lib/processes.ts'
import type { Finding, Section } from '../lib/section.ts'
import { type Bench, type Form, isForm } from '../lib/side.ts'
import { digits, median } from '../lib/table.ts'

/** Garbage of the start is collected meanwhile, as far as it is. */
const idleMs = 5_000

interface Start {
  seconds: number
  processes: number
  mebibytes: number
}

/** `npm start` on a data folder that exists: until it is ready, and the memory of all Node processes some seconds later. */
export async function runStart({ sides, plan }: Bench): Promise<Section[]> {
  const rows: string[][] = []
  const findings: Finding[] = []
  for (const { name } of sides) {
    if (!isForm(name)) continue
    const starts = await startRepeatedly(name, plan.rounds)
    const seconds = median(starts.map((start) => start.seconds))
    const memory = median(starts.map(({ mebibytes }) => mebibytes))
    const command = `npm start${argumentsOf(name)
      .map((argument) => ` -- ${argument}`)
      .join('')}`
    rows.push([command, digits(seconds), digits(memory), String(starts[0]?.processes)])
    findings.push(
      { side: command, what: 'until ready', value: seconds, unit: ' s', budget: startBudgets[name].seconds },
      { side: command, what: 'memory, idle', value: memory, unit: ' MiB', budget: startBudgets[name].memory }
    )
  }
  const head = ['', 'seconds', 'MiB (PSS)', 'Node processes']
  return [{ title: 'Warm start', table: { head, rows }, findings }]
}

const argumentsOf = (form: Form) => (form === 'separate' ? ['--separate'] : [])

async function startRepeatedly(form: Form, times: number): Promise<Start[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'belay-bench-'))
  try {
    // The first one makes the database.
    await startOnce(form, dataDir)
    const starts: Start[] = []
    for (let done = 0; done < times; done += 1) starts.push(await startOnce(form, dataDir))
    return starts
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function startOnce(form: Form, dataDir: string): Promise<Start> {
  const begun = performance.now()
  const child = spawn(process.execPath, ['scripts/bootstrap.mjs', 'start', ...argumentsOf(form)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, BELAY_DATA_DIR: dataDir, PORT: String(await freePort()), LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  try {
    await untilReady(child)
    const seconds = (performance.now() - begun) / 1000
    await wait(idleMs)
    const { processes, bytes } = readNodeMemory(child.pid)
    return { seconds, processes, mebibytes: bytes / 1024 ** 2 }
  } finally {
    child.kill()
    if (child.exitCode === null) await once(child, 'exit')
  }
}

function untilReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text) => String(text).includes('belay ready') && resolve())
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}`)))
  })
}

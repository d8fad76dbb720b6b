import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as wait } from 'node:timers/promises'
import { type CpuSeconds, readCpu } from './processes.ts'
import type { Load, Side } from './side.ts'

/** What a load generator reports of its measured stretch. */
export interface LoadReport {
  count: number
  seconds: number
  p50Ms: number
  p99Ms: number
  errors: number
  /** Microseconds of its own CPU per message, call or delivery: what this machine is worth just now. */
  generatorMicros: number
}

/** One window's figures: what the generator saw, and what each server spent on it. */
export interface Measurement extends LoadReport {
  perSecond: number
  /** Microseconds of server CPU per message, call or delivery, over the load and until all events were consumed. */
  cpuMicros: number
  /** The same by server, the most first. */
  cpuByServer: [server: string, micros: number][]
}

/** Runs a generator in a process of its own while the servers' CPU is read before and after. */
export async function measure(side: Side, load: Load, args: readonly (string | number)[]): Promise<Measurement> {
  let before: CpuSeconds = new Map()
  // The events of what was set up must not count.
  await untilDrained(side)
  const report = await runGenerator(load, args, () => (before = readCpu(side.servers())))
  await untilDrained(side)
  const cpuByServer = perUnit(before, readCpu(side.servers()), report.count)
  return {
    ...report,
    perSecond: report.count / report.seconds,
    cpuMicros: cpuByServer.reduce((sum, [, micros]) => sum + micros, 0),
    cpuByServer
  }
}

async function runGenerator(load: Load, args: readonly (string | number)[], onWarm: () => void): Promise<LoadReport> {
  const child = startGenerator(load, args)
  await nextWord(child)
  onWarm()
  return nextWord<LoadReport>(child)
}

/** Resolves to what a generator says next; rejects when it ends instead. */
export function nextWord<Word>(generator: ChildProcess): Promise<Word> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`the load generator ended with ${code} before its report`))
    generator.once('exit', ended)
    generator.once('message', (word: Word) => {
      generator.off('exit', ended)
      resolve(word)
    })
  })
}

/** Starts a generator and gives it its input. */
export function startGenerator({ generator, input }: Load, args: readonly (string | number)[] = []): ChildProcess {
  const path = fileURLToPath(new URL(`../load/${generator}.ts`, import.meta.url))
  const child = fork(path, args.map(String), { execArgv: ['--conditions=@belay/source'] })
  child.send(input)
  return child
}

async function untilDrained({ name, drained }: Side): Promise<void> {
  const start = performance.now()
  while (drained !== undefined && !(await drained())) {
    if (performance.now() - start > 120_000) throw new Error(`${name}: events were not consumed within two minutes`)
    await wait(50)
  }
}

function perUnit(before: CpuSeconds, after: CpuSeconds, count: number): [string, number][] {
  return [...after]
    .map(([name, seconds]): [string, number] => [name, ((seconds - (before.get(name) ?? 0)) * 1e6) / count])
    .filter(([, micros]) => micros > 0)
    .toSorted((one, other) => other[1] - one[1])
}

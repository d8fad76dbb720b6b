import { setTimeout as wait } from 'node:timers/promises'
import { fork } from 'node:child_process'
import { type CpuSeconds, type NamedProcesses, readCpu } from './cpu.ts'

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

/** One scenario's figures: what the generator saw, and what each server process spent on it. */
export interface Measurement extends LoadReport {
  perSecond: number
  /** Microseconds of CPU per message, call or delivery, by process, over the load and until all events were consumed. */
  cpuMicros: [process: string, micros: number][]
  /** From the last send until the last event was consumed, in seconds; undefined where there are no events. */
  drainSeconds: number | undefined
}

/** How to run a generator. */
export interface MeasureOptions {
  args: string[]
  /** What the generator gets as a message, being too much for arguments. */
  input?: object
  /** Whether all events were consumed, where there are any. */
  drained?: () => Promise<boolean>
}

/** Runs a generator in a process of its own while the servers' CPU is read before and after. */
export async function measure(system: NamedProcesses, generator: URL, options: MeasureOptions): Promise<Measurement> {
  let before: CpuSeconds = new Map()
  // The events of what was set up must not count.
  await untilDrained(options.drained)
  const report = await runGenerator(generator, options, () => (before = readCpu(system)))
  const drainSeconds = await untilDrained(options.drained)
  const after = readCpu(system)
  return {
    ...report,
    perSecond: report.count / report.seconds,
    cpuMicros: perUnit(before, after, report.count),
    drainSeconds
  }
}

/** What a generator says: that its warm-up is over, then what it measured. */
export type GeneratorWord = 'warm' | LoadReport

function runGenerator(generator: URL, { args, input }: MeasureOptions, onWarm: () => void): Promise<LoadReport> {
  const child = fork(generator, args, { execArgv: ['--conditions=@belay/source'] })
  if (input !== undefined) child.send(input)
  return new Promise((resolve, reject) => {
    child.on('message', (word: GeneratorWord) => (word === 'warm' ? onWarm() : resolve(word)))
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code} before its report`)))
  })
}

async function untilDrained(drained: MeasureOptions['drained']): Promise<number | undefined> {
  if (drained === undefined) return undefined
  const start = performance.now()
  while (!(await drained())) {
    if (performance.now() - start > 120_000)
      throw new Error('the events of this load were not consumed within two minutes')
    await wait(50)
  }
  return (performance.now() - start) / 1000
}

function perUnit(before: CpuSeconds, after: CpuSeconds, count: number): [string, number][] {
  return [...after]
    .map(([name, seconds]): [string, number] => [name, ((seconds - (before.get(name) ?? 0)) * 1e6) / count])
    .filter(([, micros]) => micros > 0)
    .toSorted((one, other) => other[1] - one[1])
}

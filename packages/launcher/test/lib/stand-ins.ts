import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, onTestFinished, vi } from 'vitest'
import { freePort, type RunningSystem, startSystem, type SystemOptions } from '../../src/index.ts'

const program = fileURLToPath(new URL('stand-in.mjs', import.meta.url))

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'belay-launcher-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/**
 * Starts a system once before the file's tests and stops it. Returns a function that copies its data folder for a test:
 * making a Postgres takes a second of processor time.
 */
export function useStartedFolder(): () => string {
  let started = ''
  beforeAll(async () => {
    started = mkdtempSync(join(tmpdir(), 'belay-launcher-'))
    const system = await startSystem(standIns({ dataDir: started, publicPort: await freePort() }))
    await system.stop()
    return () => rmSync(started, { recursive: true, force: true })
  })
  return () => {
    const dataDir = join(temporaryFolder(), 'copy')
    // With its owners: Postgres may be another user.
    execFileSync('cp', ['-a', started, dataDir])
    return dataDir
  }
}

/** What the system wrote. */
export interface Written {
  lines: string[]
  log: (source: string, line: string) => void
}

/** Takes log lines for the test to read. */
export function written(): Written {
  const lines: string[] = []
  return { lines, log: (source, line) => void lines.push(`${source} | ${line}`) }
}

/** Options of a system whose servers are real and whose services are stand-ins. */
function standIns(options: Partial<SystemOptions> & { dataDir: string; publicPort: number }): SystemOptions {
  return { durable: false, log: () => undefined, nodeArguments: (_, service) => [program, service], ...options }
}

/** Starts such a system; it is stopped after the test. */
export async function startWithStandIns(options: Partial<SystemOptions> & { dataDir: string }): Promise<RunningSystem> {
  const system = await startSystem(standIns({ publicPort: await freePort(), ...options }))
  onTestFinished(() => system.stop())
  return system
}

/** The environment that a service's stand-in was given. */
export async function environmentOf(system: RunningSystem, service: string): Promise<Record<string, string>> {
  const found = system.processes.find((process) => process.service === service)
  const answer = await fetch(`http://127.0.0.1:${found?.port}/env`)
  const env: unknown = await answer.json()
  if (typeof env !== 'object' || env === null) throw new Error(`${service} shows no environment`)
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]))
}

/** Resolves once `words` were logged that many times. */
export async function untilLogged(lines: readonly string[], words: string, times: number): Promise<void> {
  await vi.waitFor(() => expect(lines.filter((line) => line.includes(words)).length).toBeGreaterThanOrEqual(times), {
    timeout: 20_000,
    interval: 20
  })
}

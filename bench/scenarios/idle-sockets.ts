import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { RunningSystem } from '@belay/launcher'
import { readLiveMemory } from '../lib/live-memory.ts'

/**
 * Live memory (heap and buffers) of 2,000 authenticated sockets that say nothing, beside 2,000 others, in the processes that
 * hold them.
 */
export async function runIdleSockets(system: RunningSystem): Promise<void> {
  const holders = system.processes.filter(({ service }) => service === 'gateway' || service === 'realtime-gateway')
  await measureIdle('Idle authenticated sockets', 'idle-sockets.ts', system, holders)
}

/** The same of Socket.IO, in all processes: each socket follows its person's conversations, and counts as being online. */
export async function runIdleSocketIo(system: RunningSystem): Promise<void> {
  await measureIdle('Idle Socket.IO connections', 'idle-socket-io.ts', system, system.processes)
}

async function measureIdle(
  title: string,
  generator: string,
  { url }: RunningSystem,
  holders: RunningSystem['processes']
): Promise<void> {
  const child = fork(fileURLToPath(new URL(`../load/${generator}`, import.meta.url)), [url, '50', '20'], {
    execArgv: ['--conditions=@belay/source']
  })
  await once(child, 'message')
  const before = await readAll(holders)
  child.send('more')
  const report = await new Promise<{ open: number }>((resolve) => child.once('message', resolve))
  console.log(`\n${title}: ${report.open}`)
  const after = await readAll(holders)
  for (const [index, { service }] of holders.entries()) {
    const added = ((after[index] ?? 0) - (before[index] ?? 0)) / report.open / 1024
    console.log(`  ${service.padEnd(17)} ${added.toFixed(1)} KiB held per socket`)
  }
  child.kill()
}

async function readAll(holders: readonly { pid: number | undefined }[]): Promise<number[]> {
  const read: number[] = []
  for (const { pid } of holders) read.push(await readLiveMemory(pid))
  return read
}

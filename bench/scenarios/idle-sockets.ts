import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { RunningSystem } from '@belay/launcher'
import { readRss } from '../lib/cpu.ts'

/** Memory of authenticated sockets that say nothing, in the processes that hold them. */
export async function runIdleSockets(system: RunningSystem): Promise<void> {
  const holders = system.services.processes.filter(
    ({ service }) => service === 'gateway' || service === 'realtime-gateway'
  )
  const child = fork(fileURLToPath(new URL('../load/idle-sockets.ts', import.meta.url)), [system.url, '50', '20'], {
    execArgv: ['--conditions=@belay/source']
  })
  await once(child, 'message')
  const before = holders.map(({ pid }) => readRss(pid))
  child.send('open')
  const report = await new Promise<{ ready: number }>((resolve) => child.once('message', resolve))
  console.log(`\nIdle authenticated sockets: ${report.ready}`)
  holders.forEach(({ service, pid }, index) => {
    const perSocket = (readRss(pid) - (before[index] ?? 0)) / report.ready / 1024
    console.log(`  ${service.padEnd(17)} ${perSocket.toFixed(1)} KiB of resident memory per socket`)
  })
  child.kill()
}

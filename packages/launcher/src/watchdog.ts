import { type ChildProcess, spawn } from 'node:child_process'
import { Socket } from 'node:net'
import { LaunchError } from './launch-error.ts'

// Reads "+ pid signal" and "- pid" from its standard input. When that ends (this process is gone, even by SIGKILL),
// it stops the processes left on the list: first by the signal of each, after five seconds by SIGKILL.
const script = `
trap '' INT TERM HUP
list=
while read -r op pid signal; do
  case $op in
    +) list="$list $pid:$signal" ;;
    -) kept=
       for entry in $list; do [ "\${entry%%:*}" = "$pid" ] || kept="$kept $entry"; done
       list=$kept ;;
  esac
done
for entry in $list; do kill -s "\${entry##*:}" "\${entry%%:*}" 2>/dev/null; done
tries=0
while [ -n "$list" ] && [ $tries -lt 50 ]; do
  kept=
  for entry in $list; do kill -0 "\${entry%%:*}" 2>/dev/null && kept="$kept $entry"; done
  list=$kept
  [ -z "$list" ] || sleep 0.1
  tries=$((tries + 1))
done
for entry in $list; do kill -s KILL "\${entry%%:*}" 2>/dev/null; done
`

let watchdog: ChildProcess | undefined
const watched = new Set<number>()

/** Has the child stopped by `signal` should this process die without stopping it. */
export function watch(pid: number, signal: NodeJS.Signals): void {
  watched.add(pid)
  write(`+ ${pid} ${signal.replace(/^SIG/, '')}\n`)
}

/** Returns the process number of the watchdog, which is started if it isn't running. */
export function watchdogPid(): number {
  watchdog ??= startWatchdog()
  if (watchdog.pid === undefined) throw new LaunchError('cannot start /bin/sh')
  return watchdog.pid
}

/** Removes a child that has ended: another process may soon have its number. */
export function unwatch(pid: number): void {
  watched.delete(pid)
  write(`- ${pid}\n`)
}

/** Ends the watchdog, unless it still watches a child; a later {@link watch} starts a new one. */
export async function closeWatchdog(): Promise<void> {
  const closing = watchdog
  if (!closing || watched.size > 0) return
  watchdog = undefined
  if (closing.exitCode !== null) return
  const ended = new Promise((resolve) => closing.once('exit', resolve))
  closing.ref()
  closing.stdin?.end()
  await ended
}

function write(line: string): void {
  watchdog ??= startWatchdog()
  watchdog.stdin?.write(line)
}

function startWatchdog(): ChildProcess {
  // In a session of its own: Ctrl-C in a terminal and the end of this process must not reach it.
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  if (child.stdin instanceof Socket) child.stdin.unref()
  return child
}

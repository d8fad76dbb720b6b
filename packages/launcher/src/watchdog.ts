import { spawn } from 'node:child_process'
import { once } from 'node:events'

// Its standard input ends when this process is gone, even by SIGKILL. Then it sends the signal to the child, and SIGKILL
// after five seconds.
const script = `
trap '' INT TERM HUP
read -r _
kill -s "$2" "$1" 2>/dev/null
tries=0
while [ $tries -lt 50 ] && kill -0 "$1" 2>/dev/null; do
  sleep 0.1
  tries=$((tries + 1))
done
kill -s KILL "$1" 2>/dev/null`

/**
 * Has the child stopped by `signal` should this process die without stopping it. Call the returned function once the child
 * has ended, as another process may soon have its number; it resolves when nothing watches any more.
 */
export function watch(pid: number, signal: NodeJS.Signals): () => Promise<void> {
  // In a session of its own: Ctrl-C in a terminal and the end of this process must not reach it.
  const watchdog = spawn('/bin/sh', ['-c', script, 'watchdog', String(pid), signal.replace(/^SIG/, '')], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true
  })
  const ended = once(watchdog, 'exit').catch(() => undefined)
  return async () => {
    watchdog.kill('SIGKILL')
    await ended
  }
}

import type { Measurement } from './measure.ts'

/** Prints one scenario's figures as a reader would want to see them. */
export function printMeasurement(title: string, measured: Measurement): void {
  console.log(`\n${title}`)
  console.log(
    `  messages/s        ${Math.round(measured.perSecond)}  (${measured.count} in ${measured.seconds.toFixed(1)} s, ${measured.errors} errors)`
  )
  console.log(`  latency           p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms`)
  console.log(`  events consumed   ${measured.drainSeconds.toFixed(1)} s after the last send`)
  const total = measured.cpuMicros.reduce((sum, [, micros]) => sum + micros, 0)
  const parts = measured.cpuMicros.map(([name, micros]) => `${name} ${micros.toFixed(0)}`)
  console.log(`  server CPU        ${total.toFixed(0)} µs per message: ${parts.join(', ')}`)
}

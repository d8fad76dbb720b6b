import type { Measurement } from './measure.ts'

/** What a scenario counts. */
export interface Unit {
  one: string
  many: string
}

const messages: Unit = { one: 'message', many: 'messages' }
export const deliveries: Unit = { one: 'delivery', many: 'deliveries' }
export const calls: Unit = { one: 'call', many: 'calls' }

/** Prints one scenario's figures as a reader would want to see them. */
export function printMeasurement(title: string, measured: Measurement, unit = messages): void {
  console.log(`\n${title}`)
  console.log(
    `  ${`${unit.many}/s`.padEnd(17)} ${Math.round(measured.perSecond)}  (${measured.count} in ${measured.seconds.toFixed(1)} s, ${measured.errors} errors)`
  )
  console.log(`  latency           p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms`)
  // Reading leaves no events.
  if (unit !== calls && measured.drainSeconds !== undefined)
    console.log(`  events consumed   ${measured.drainSeconds.toFixed(1)} s after the last send`)
  const total = measured.cpuMicros.reduce((sum, [, micros]) => sum + micros, 0)
  const parts = measured.cpuMicros.map(([name, micros]) => `${name} ${show(micros)}`)
  console.log(`  server CPU        ${show(total)} µs per ${unit.one}: ${parts.join(', ')}`)
  // A machine shared with others changes its speed from run to run; this ratio does not.
  const ratio = total / measured.generatorMicros
  console.log(
    `  for comparison    ${ratio.toFixed(1)} times the load generator's own ${show(measured.generatorMicros)} µs`
  )
}

const show = (micros: number) => micros.toFixed(micros < 10 ? 1 : 0)

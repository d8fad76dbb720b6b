import { openSync, closeSync, readdirSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from './random.ts'

/**
 * Damages a block of the stream BELAY in the folder of a nats-server that is down, as a bad disk or a torn write would.
 * Returns words for what it did.
 */
export function damageStream(dataDir: string, random: Random): string {
  const blocks = blocksIn(dataDir)
  const block = random.pick(blocks)
  const size = statSync(block).size
  const name = `${block.slice(dataDir.length + 1)} of ${size} bytes`
  const kind = random.pick(['cut off', 'scrambled', 'removed'] as const)
  if (kind === 'removed') rmSync(block)
  else if (kind === 'cut off') truncateSync(block, random.int(0, Math.max(0, size - 1)))
  else scramble(block, random.int(0, Math.max(0, size - 64)), random)
  // What remembers a block's contents is as old as the damage.
  for (const index of indexesBeside(block)) rmSync(index, { force: true })
  return `${kind}: ${name}, one of ${blocks.length}`
}

function blocksIn(dataDir: string): string[] {
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
  const blocks = files.filter((file) => /streams\/BELAY\/msgs\/\d+\.blk$/.test(file))
  return blocks.map((file) => join(dataDir, file)).toSorted()
}

function indexesBeside(block: string): string[] {
  return [block.replace(/\.blk$/, '.idx')]
}

function scramble(file: string, at: number, random: Random): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.from(Array.from({ length: 64 }, () => random.int(0, 255))), 0, 64, at)
  closeSync(descriptor)
}

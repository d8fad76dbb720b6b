import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { natsBinary } from '../src/nats-binary.ts'
import { unpackChecked } from '../src/nats-binary.ts'
import { runProgram } from '../src/nats-binary.ts'
import { temporaryFolder } from './lib/stand-ins.ts'

const log = () => undefined

test('the nats-server on PATH is used when it is new enough', async () => {
  const folder = temporaryFolder()
  writeProgram(folder, 'echo "nats-server: v2.11.4"')
  expect(await natsBinary({ env: { PATH: folder }, log })).toBe(join(folder, 'nats-server'))
})

test('one that is too old is passed over for the kept one', async () => {
  const folder = temporaryFolder()
  writeProgram(folder, 'echo "nats-server: v2.8.9"')
  const kept = join(folder, 'cache', 'nats', `${process.platform}-${process.arch}`)
  mkdirSync(kept, { recursive: true })
  writeProgram(kept, 'echo "nats-server: v2.9.10"')
  const found = await natsBinary({ env: { PATH: folder, BELAY_CACHE_DIR: join(folder, 'cache') }, log })
  expect(found).not.toBe(join(folder, 'nats-server'))
})

test('a release is unpacked only when its checksum is the pinned one', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'release'))
  writeProgram(join(folder, 'release'), 'echo ours')
  await runProgram('tar', ['-czf', 'release.tar.gz', 'release/nats-server'], { cwd: folder })
  const archive = readFileSync(join(folder, 'release.tar.gz'))
  const checksum = createHash('sha256').update(archive).digest('hex')
  const target = join(folder, 'target')
  mkdirSync(target)

  await expect(unpackChecked(archive, checksum.replace(/^./, 'x'), target, 'release/nats-server')).rejects.toThrow(
    'has checksum'
  )
  expect(existsSync(join(target, 'release'))).toBe(false)
  const program = await unpackChecked(archive, checksum, target, 'release/nats-server')
  expect(await runProgram(program, [])).toBe('ours\n')
})

function writeProgram(folder: string, line: string): void {
  writeFileSync(join(folder, 'nats-server'), `#!/bin/sh\n${line}\n`)
  chmodSync(join(folder, 'nats-server'), 0o755)
}

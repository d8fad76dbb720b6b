import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { cacheFolder } from './cache-folder.ts'
import { firstLine, LaunchError } from './launch-error.ts'
import type { Log } from './log.ts'
import { unpackAptPackage } from './nats-package.ts'
import { downloadRelease, releaseVersion } from './nats-release.ts'
import { findProgram, runProgram } from './run-program.ts'

/** Where to look and whom to tell. */
export interface NatsBinaryOptions {
  env?: NodeJS.ProcessEnv
  aborted?: AbortSignal | undefined
  log: Log
}

// Where packages put it although not everybody's PATH leads there.
const usualPlaces = '/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin'

/**
 * The path of a nats-server: the one on PATH, else one kept from an earlier run, else Debian's or Ubuntu's package
 * unpacked without root, else the official release of a pinned version. Throws a {@link LaunchError} if none works.
 */
export async function natsBinary(options: NatsBinaryOptions): Promise<string> {
  const env = options.env ?? process.env
  for (const path of [env.PATH, usualPlaces]) {
    const installed = findProgram('nats-server', path)
    if (installed !== undefined && (await works(installed))) return installed
  }
  const kept = join(cacheFolder(env), 'nats', `${process.platform}-${process.arch}`, 'nats-server')
  if (existsSync(kept) && (await works(kept))) return kept
  options.log('belay', 'fetching nats-server, once')
  const temporary = mkdtempSync(join(tmpdir(), 'belay-nats-'))
  try {
    keep(await fetchBinary(temporary, options.aborted), kept)
  } catch (error) {
    throw new LaunchError(
      `nats-server is missing and cannot be fetched (${firstLine(error)}); install it or set NATS_URL`
    )
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  return kept
}

async function fetchBinary(folder: string, aborted: AbortSignal | undefined): Promise<string> {
  const packaged = await unpackAptPackage(folder, aborted)
  if (packaged !== undefined && (await works(packaged))) return packaged
  const released = await downloadRelease(folder, aborted)
  if (!(await works(released))) throw new Error(`release ${releaseVersion} does not run on this machine`)
  return released
}

/** It runs on this machine and knows what we need of JetStream: 2.9 or newer. */
async function works(binary: string): Promise<boolean> {
  const answer = await runProgram(binary, ['--version']).catch(() => '')
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(answer) ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 9)
}

function keep(binary: string, place: string): void {
  mkdirSync(dirname(place), { recursive: true })
  // Moved into place whole: another start must never see half a program.
  const temporary = `${place}.${process.pid}`
  copyFileSync(binary, temporary)
  renameSync(temporary, place)
}

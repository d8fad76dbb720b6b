import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { firstLine, LaunchError } from './launch-error.ts'
import type { Log } from './log.ts'
import { cacheFolder } from './workspace.ts'

/** Where to look and where to log. */
export interface NatsBinaryOptions {
  env?: NodeJS.ProcessEnv
  aborted?: AbortSignal | undefined
  log: Log
}

// Where packages put it although PATH may not include it.
const usualPlaces = '/usr/sbin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin'

/**
 * Returns the path of a nats-server: the one on PATH, else one kept from an earlier run, else Debian's or Ubuntu's package
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

/** Whether it runs on this machine and has the JetStream we need: 2.9 or newer. */
async function works(binary: string): Promise<boolean> {
  const answer = await runProgram(binary, ['--version']).catch(() => '')
  const [, major, minor] = /v(\d+)\.(\d+)\./.exec(answer) ?? []
  return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 9)
}

function keep(binary: string, place: string): void {
  mkdirSync(dirname(place), { recursive: true })
  // Moved into place whole: another start must never find half a program.
  const temporary = `${place}.${process.pid}`
  copyFileSync(binary, temporary)
  renameSync(temporary, place)
}

const withinMs = 120_000

/**
 * Unpacks Debian's or Ubuntu's package into `folder`, which needs no root, and returns the program's path; undefined
 * where there is no apt or no such package.
 */
async function unpackAptPackage(folder: string, aborted: AbortSignal | undefined): Promise<string | undefined> {
  const { PATH } = process.env
  if (!findProgram('apt-get', PATH) || !findProgram('dpkg-deb', PATH)) return undefined
  const file = (await download(folder, [], aborted)) ?? (await downloadWithOwnLists(folder, aborted))
  if (file === undefined) return undefined
  const unpacked = join(folder, 'unpacked')
  await runProgram('dpkg-deb', ['-x', file, unpacked], { withinMs, aborted })
  return ['usr/sbin', 'usr/bin'].map((place) => join(unpacked, place, 'nats-server')).find((path) => existsSync(path))
}

/** A fresh machine or container has no package lists, and only root may fetch them to their usual place. */
async function downloadWithOwnLists(folder: string, aborted: AbortSignal | undefined): Promise<string | undefined> {
  const lists = join(folder, 'lists')
  const cache = join(folder, 'cache')
  for (const needed of [join(lists, 'partial'), join(cache, 'archives', 'partial')])
    mkdirSync(needed, { recursive: true })
  const options = [
    '-o',
    `Dir::State::Lists=${lists}`,
    '-o',
    `Dir::Cache=${cache}`,
    '-o',
    'Debug::NoLocking=1',
    '-o',
    'Acquire::Languages=none'
  ]
  try {
    await runProgram('apt-get', [...unsandboxed, ...options, '-qq', 'update'], { cwd: folder, withinMs, aborted })
  } catch {
    return undefined
  }
  return download(folder, options, aborted)
}

// apt would otherwise change to a user of its own, who may not write into our folder, and complain.
const unsandboxed = ['-o', 'APT::Sandbox::User=']

async function download(
  folder: string,
  options: string[],
  aborted: AbortSignal | undefined
): Promise<string | undefined> {
  try {
    await runProgram('apt-get', [...unsandboxed, ...options, '-qq', 'download', 'nats-server'], {
      cwd: folder,
      withinMs,
      aborted
    })
  } catch {
    return undefined
  }
  const file = readdirSync(folder).find((name) => name.endsWith('.deb'))
  return file === undefined ? undefined : join(folder, file)
}

/** The official release to fetch. */
const releaseVersion = '2.12.8'

// SHA-256 of the archives at https://github.com/nats-io/nats-server/releases/tag/v2.12.8 (its SHA256SUMS).
const checksums: Readonly<Record<string, string>> = {
  'darwin-amd64': '8880e133f45c6974468d351425db9a73ffe3b569850cad2bfbaa349d80939a7f',
  'darwin-arm64': '4556a7f617eb532587790344629a6a95261099b236524b764d1f10d6c14aba1a',
  'linux-amd64': '6abc397684567e133649688a13564ad6de786d64e88253fbb4f6a3aa8c2fca63',
  'linux-arm64': '7d20e93c23924cdd5cb6ec51c92f9478c97f9c8a0dbe049dd7ab88af115d622c'
}

/** Downloads the release for this machine into `folder`, checks it and unpacks it; returns the program's path. */
async function downloadRelease(folder: string, aborted?: AbortSignal): Promise<string> {
  const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const expected = checksums[platform]
  if (expected === undefined) throw new Error(`there is no release for ${platform}`)
  const name = `nats-server-v${releaseVersion}-${platform}`
  const archive = await get(
    `https://github.com/nats-io/nats-server/releases/download/v${releaseVersion}/${name}.tar.gz`,
    aborted
  )
  return unpackChecked(archive, expected, folder, `${name}/nats-server`)
}

/** Unpacks `member` of a gzipped tar into `folder` if the archive is the expected one; returns its path. */
export async function unpackChecked(
  archive: Buffer,
  expected: string,
  folder: string,
  member: string
): Promise<string> {
  const found = createHash('sha256').update(archive).digest('hex')
  if (found !== expected) throw new Error(`the downloaded nats-server has checksum ${found}, expected ${expected}`)
  const file = join(folder, 'nats-server.tar.gz')
  writeFileSync(file, archive)
  await runProgram('tar', ['-xzf', file, '-C', folder, member])
  return join(folder, member)
}

async function get(url: string, aborted: AbortSignal | undefined): Promise<Buffer> {
  const limit = AbortSignal.timeout(120_000)
  try {
    const response = await fetch(url, { signal: aborted ? AbortSignal.any([aborted, limit]) : limit })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return Buffer.from(await response.arrayBuffer())
  } catch (error) {
    // The error is only "fetch failed"; its cause names the reason.
    const why = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`${url}: ${why instanceof Error ? why.message : String(why)}`, { cause: error })
  }
}

const execute = promisify(execFile)

/** Runs a program to its end and returns what it printed; rejects when it fails, takes too long or is aborted. */
export async function runProgram(
  program: string,
  args: string[],
  options: { cwd?: string; withinMs?: number; aborted?: AbortSignal | undefined } = {}
): Promise<string> {
  const { stdout } = await execute(program, args, {
    cwd: options.cwd ?? '/',
    timeout: options.withinMs ?? 20_000,
    signal: options.aborted,
    encoding: 'utf8'
  })
  return stdout
}

/** Returns the first program of that name in a list of folders such as PATH. */
function findProgram(name: string, path: string | undefined): string | undefined {
  const isProgram = (file: string) => {
    try {
      accessSync(file, constants.X_OK)
      return true
    } catch {
      return false
    }
  }
  return (path ?? '')
    .split(delimiter)
    .map((folder) => join(folder || '.', name))
    .find(isProgram)
}

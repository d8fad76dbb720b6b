import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram, runProgram } from './run-program.ts'

const withinMs = 120_000

/**
 * Unpacks Debian's or Ubuntu's package into `folder`, which needs no root, and returns the program's path; undefined
 * where there is no apt or no such package.
 */
export async function unpackAptPackage(folder: string, aborted: AbortSignal | undefined): Promise<string | undefined> {
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

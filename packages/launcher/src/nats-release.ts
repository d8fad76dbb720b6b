import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from './run-program.ts'

/** The official release that is fetched when nothing else is there. */
export const releaseVersion = '2.12.8'

// SHA-256 of the archives at https://github.com/nats-io/nats-server/releases/tag/v2.12.8 (its SHA256SUMS).
const checksums: Readonly<Record<string, string>> = {
  'darwin-amd64': '8880e133f45c6974468d351425db9a73ffe3b569850cad2bfbaa349d80939a7f',
  'darwin-arm64': '4556a7f617eb532587790344629a6a95261099b236524b764d1f10d6c14aba1a',
  'linux-amd64': '6abc397684567e133649688a13564ad6de786d64e88253fbb4f6a3aa8c2fca63',
  'linux-arm64': '7d20e93c23924cdd5cb6ec51c92f9478c97f9c8a0dbe049dd7ab88af115d622c'
}

/** Downloads the release for this machine into `folder`, checks it and unpacks it; returns the program's path. */
export async function downloadRelease(folder: string, aborted?: AbortSignal): Promise<string> {
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
    // fetch says only "fetch failed"; the cause names the reason.
    const why = error instanceof Error && error.cause instanceof Error ? error.cause : error
    throw new Error(`${url}: ${why instanceof Error ? why.message : String(why)}`, { cause: error })
  }
}

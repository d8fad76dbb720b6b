import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { damaged, LaunchError } from './launch-error.ts'
import {
  canReach,
  type PostgresBinaries,
  postgresBinaries,
  postgresUser,
  type SystemUser
} from './postgres-programs.ts'

/** A Postgres cluster on disk, made ready to be opened. */
export interface Cluster {
  binaries: PostgresBinaries
  user: SystemUser | undefined
  /** What to give to `-D`. */
  dataArgument: string
  /** Opens descriptor 3 for {@link dataArgument} where that needs one. */
  openFile: (() => number) | undefined
  /** Of the superuser `postgres`. */
  password: string
}

const major = '18'

/**
 * Opens the cluster in `<dataDir>/cluster`, making it first if it isn't there. The superuser's password is kept beside
 * it in `<dataDir>/password`. Throws a {@link LaunchError} when what is there is no whole cluster of this version.
 */
export function openCluster(dataDir: string, durable: boolean): Cluster {
  const folder = join(dataDir, 'cluster')
  const user = postgresUser(folder)
  const binaries = postgresBinaries(user)
  mkdirSync(dataDir, { recursive: true, mode: 0o711 })
  const passwordFile = join(dataDir, 'password')
  if (!existsSync(folder)) createCluster({ folder, passwordFile, user, binaries, durable })
  const version = readIfThere(join(folder, 'PG_VERSION'))?.trim()
  if (version === undefined) throw damaged(folder, 'PG_VERSION is missing')
  if (version !== major)
    throw new LaunchError(
      `${folder} was made by Postgres ${version}, this is ${major}; move it away or set DATABASE_URL`
    )
  const password = readIfThere(passwordFile)
  if (!password) throw damaged(dataDir, 'the file "password" is missing')
  return { binaries, user, password, ...reach(folder, user) }
}

function createCluster(options: {
  folder: string
  passwordFile: string
  user: SystemUser | undefined
  binaries: PostgresBinaries
  durable: boolean
}): void {
  const { user } = options
  // Made beside its place and then moved: a start that is interrupted here leaves no half-made cluster behind.
  const unfinished = `${options.folder}.new`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { mode: 0o700 })
  if (user) chownSync(unfinished, user.uid, user.gid)
  const password = randomBytes(24).toString('base64url')
  const temporary = mkdtempSync(join(tmpdir(), 'belay-'))
  try {
    const file = join(temporary, 'password')
    writeFileSync(file, password, { mode: 0o600 })
    if (user) {
      chmodSync(temporary, 0o711)
      chownSync(file, user.uid, user.gid)
    }
    runInitdb(options.binaries.initdb, unfinished, file, user, options.durable)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  writeFileSync(options.passwordFile, password, { mode: 0o600 })
  renameSync(unfinished, options.folder)
}

function runInitdb(
  initdb: string,
  folder: string,
  passwordFile: string,
  user: SystemUser | undefined,
  durable: boolean
): void {
  const { dataArgument, openFile } = reach(folder, user)
  const file = openFile?.()
  const result = spawnSync(
    initdb,
    [
      '-D',
      dataArgument,
      '-U',
      'postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync'])
    ],
    {
      ...user,
      env: { PATH: process.env.PATH, TZ: 'UTC' },
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe', ...(file === undefined ? [] : [file])],
      encoding: 'utf8'
    }
  )
  if (file !== undefined) closeSync(file)
  if (result.error) throw new LaunchError(`cannot run ${initdb}: ${result.error.message}`)
  if (result.status === 0) return
  const why = result.stderr.split('\n').find((line) => /error|fatal|loading/i.test(line)) ?? result.stderr.trim()
  throw new LaunchError(`Postgres cannot make its data folder ${folder}: ${why}`)
}

/**
 * How `user` gets at the folder. When a folder above is closed to that user (a checkout under /root), Linux still lets
 * it in through a descriptor that we opened: no rights are changed and no data is moved elsewhere.
 */
function reach(folder: string, user: SystemUser | undefined): Pick<Cluster, 'dataArgument' | 'openFile'> {
  if (canReach(user, folder)) return { dataArgument: folder, openFile: undefined }
  if (process.platform !== 'linux') {
    throw new LaunchError(
      `Postgres cannot run as root and its user cannot reach ${dirname(folder)}; set BELAY_DATA_DIR to a folder it can reach`
    )
  }
  return { dataArgument: '/proc/self/fd/3', openFile: () => openSync(folder, 'r') }
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

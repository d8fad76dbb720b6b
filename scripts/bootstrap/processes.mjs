import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'

/** @type {import('node:child_process').ChildProcess | undefined} */
let running
let stopping = false

/** Whether a signal asked us to stop. */
export function stopped() {
  return stopping
}

/**
 * Runs a program in our place, with our terminal.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<number>} its exit code
 */
export function run(program, args, options) {
  return start(program, args, { ...options, stdio: 'inherit' })
}

/**
 * Runs a program and returns what it printed; rejects when it fails.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} env
 */
export async function capture(program, args, env = process.env) {
  let output = ''
  // Away from the workspace, whose package.json would have a say in what npm and pnpm do.
  const code = await start(program, args, { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'inherit'] }, (text) => {
    output += text
  })
  if (code !== 0) throw new Error(`${program} ended with code ${code}`)
  return output
}

/** Passes on what asks us to stop, also when npm or the shell between us is killed without a word. */
export function obeySignals() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, stop)
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop('SIGTERM')
  }, 250)
  timer.unref()
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  stopping = true
  running?.kill(signal)
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @param {(text: string) => void} [onOutput]
 * @returns {Promise<number>}
 */
function start(program, args, options, onOutput) {
  if (stopping) throw new Error('stopped')
  return new Promise((resolve, reject) => {
    running = spawn(program, args, options)
    running.stdout?.setEncoding('utf8').on('data', (text) => onOutput?.(String(text)))
    running.once('error', (error) => {
      const missing = 'code' in error && error.code === 'ENOENT'
      reject(missing ? new Error(`${program} is missing`) : error)
    })
    running.once('close', (code) => resolve(stopping ? (code ?? 0) : (code ?? 1)))
  })
}

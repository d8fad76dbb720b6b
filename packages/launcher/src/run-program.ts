import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

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

/** The first program of that name in a list of folders such as PATH. */
export function findProgram(name: string, path: string | undefined): string | undefined {
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

import { join } from 'node:path'
import type { ChildSpec } from './child-spec.ts'
import { LaunchError } from './launch-error.ts'

const runner = join(import.meta.dirname, 'one-process-runner.ts')

/**
 * One process that does what those of the specs would do; it is ready when they would be. Each spec runs a module, its
 * last argument; the runner finds the environment of that module under its path.
 */
export function inOneProcess(specs: readonly ChildSpec[]): ChildSpec {
  const [first] = specs
  if (first === undefined) throw new LaunchError('no service to start')
  if (specs.length === 1) return first
  const parts = specs.map(({ args, env }) => ({ main: args.at(-1) ?? '', env: asText(env) }))
  return {
    ...first,
    name: 'services',
    args: ['--conditions=@belay/source', runner, ...parts.map(({ main }) => main)],
    env: {
      NODE_COMPILE_CACHE: first.env['NODE_COMPILE_CACHE'],
      ...Object.fromEntries(parts.map(({ main, env }) => [main, env]))
    },
    // One after the other, as they start: the last is asked once the first ones are there.
    ready: async (over) => {
      for (const { ready } of specs) if (!(ready instanceof RegExp)) await ready(over)
    },
    whyNotReady: () => specs.map((spec) => `${spec.name}${spec.whyNotReady?.() ?? ''}`).join(', ')
  }
}

function asText(env: NodeJS.ProcessEnv): string {
  const set = Object.entries(env).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]]
  )
  return new URLSearchParams(set).toString()
}

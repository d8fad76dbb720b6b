/** One variable that is missing or wrong. */
export interface Violation {
  variable: string
  /** What is wrong, as a readable message; never contains the value itself, which may be a secret. */
  problem: string
}

/** Thrown for an environment that a process cannot start with. The message lists every violation, one per line. */
export class ConfigError extends Error {
  readonly code = 'CONFIG_INVALID'
  readonly violations: readonly Violation[]

  constructor(violations: readonly Violation[]) {
    super(['The configuration is invalid:', ...violations.map(asLine)].join('\n'))
    this.name = 'ConfigError'
    this.violations = violations
  }
}

function asLine({ variable, problem }: Violation): string {
  return `  ${variable} ${problem}`
}

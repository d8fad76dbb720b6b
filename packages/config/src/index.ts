export { ConfigError, type Violation } from './config-error.ts'
export { loadConfig } from './load-config.ts'

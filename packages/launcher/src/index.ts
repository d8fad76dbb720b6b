export { findRunning } from './data-folder.ts'
export { firstLine, LaunchError } from './launch-error.ts'
export { type Log, type LogMergeOptions, mergeLogs } from './log.ts'
export {
  authorizationBlock,
  type NatsOptions,
  type NatsUser,
  natsUsers,
  type RunningNats,
  startNats,
  withLogin
} from './nats.ts'
export { assertPortFree, freePort, freePorts } from './ports.ts'
export {
  createDatabase,
  databaseUrl,
  dropDatabase,
  type PostgresOptions,
  type RunningPostgres,
  startPostgres
} from './postgres.ts'
export { makeSecrets, type Secrets, secretsOf } from './secrets.ts'
export { type RunningServices, type ServiceProcess, type ServicesOptions, startServices } from './services.ts'
export { type RunningServer } from './supervisor.ts'
export { type RunningSystem, startSystem, type SystemOptions } from './system.ts'
export { closeWatchdog } from './watchdog.ts'
export { type ServiceName, serviceNames } from './workspace.ts'

export {
  type AnswerExtras,
  type AppError,
  appError,
  type AppErrorConstructor,
  type FieldFault,
  isAppError,
  withExtras
} from './errors/app-error.ts'
export {
  AccountDisabled,
  AdminOnly,
  BadRequest,
  InvalidInput,
  InvalidToken,
  NoCredentials,
  NotFound,
  ServiceUnavailable
} from './errors/common-errors.ts'
export { isUnavailable } from './errors/to-answer.ts'
export { type Health, type HealthCheck, NotReady } from './health/health.ts'
export { createLogger } from './logging/create-logger.ts'
export { type Clock, type Runtime, systemRuntime } from './runtime.ts'
export { registerDoors } from './server/register-doors.ts'
export { createServer, type Server, type ServerOptions } from './server/create-server.ts'
export {
  type DatabaseConfig,
  databaseConfigSchema,
  type ServerConfig,
  serverConfigSchema
} from './server/server-config.ts'
export { emailKey, isEmail } from './validation/email.ts'
export { type Checked, createValidator } from './validation/create-validator.ts'
export { publicSchema } from './openapi/public-schema.ts'
export { runService } from './run-service.ts'
export { checkServerConfig } from './server/check-config.ts'
export type { CurrentUser, RouteAccess } from './auth/route-access.ts'
export { type Account, authentication, type AuthenticationOptions } from './auth/authentication.ts'
export type { ExternalIdentity } from './auth/external-tokens.ts'
export {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
  type VerifiedToken
} from './auth/token-verifier.ts'
export { linkNextPage, type Position, type Positions, positionsOf } from './paging/positions.ts'
export { type Page, PageNotFound, type PageRequest, presentPage, readPage } from './paging/page.ts'
export { readBody } from './server/read-body.ts'
export { gatewayHeader } from './server/gateway-trust.ts'
export { requestUrl } from './server/request-url.ts'
export {
  type Answer,
  deletePendingAnswer,
  findAnswers,
  findKeyedAnswers,
  insertKeyedAnswers,
  type KeptAnswer,
  noAnswer,
  upsertPendingAnswer
} from './commands/answers.repository.ts'
export type { Call, KeyedCall } from './commands/call.ts'
export { sendKept } from './commands/command-hooks.ts'
export { NotYetEffective } from './commands/errors.ts'
export { answerFor } from './commands/open-call.ts'
export { commands, type CommandsOptions } from './commands/commands.ts'
export { describeLimit, type Limit, limitFrom, LimitVariable } from './limits/limit.ts'
export { checkLimit, consumeLimit, type LimitUse, peekLimit, recordUse, returnUse } from './limits/limits.ts'
export { RateLimited } from './limits/rate-limited.ts'
export { kitMigrations } from './migrations.ts'
export type { KitTables } from './tables.ts'
export { type Answerer, answerer } from './backbone/answerer.ts'
export { type Backbone, type BackboneOptions, registerBackbone } from './backbone/register-backbone.ts'
export { registerBus } from './backbone/register-bus.ts'

export {
  type Account,
  authentication,
  type AuthenticationOptions,
  type CurrentUser,
  type RouteAccess
} from './auth/authentication.ts'
export type { ExternalIdentity } from './auth/external-tokens.ts'
export {
  createTokenVerifier,
  type TokenVerifier,
  type TokenVerifierOptions,
  type VerifiedToken
} from './auth/token-verifier.ts'
export { answerer, type Answerer } from './backbone/answerer.ts'
export { registerBus } from './backbone/connect-app-bus.ts'
export { type Backbone, type BackboneOptions, registerBackbone } from './backbone/register-backbone.ts'
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
export { commands, type CommandsOptions } from './commands/commands.ts'
export { answerFor } from './commands/open-call.ts'
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
  NotYetEffective,
  PayloadTooLarge,
  ServiceUnavailable
} from './errors/common-errors.ts'
export { isUnavailable } from './errors/to-answer.ts'
export { describeLimit, type Limit, limitFrom, LimitVariable, RateLimited } from './limits/limit.ts'
export { checkLimit, consumeLimit, type LimitUse, peekLimit, recordUse, returnUse } from './limits/limits.ts'
export { createLogger } from './logging/create-logger.ts'
export { kitMigrations } from './migrations.ts'
export { publicSchema } from './openapi/public-schema.ts'
export { type Neighbour, Neighbours } from './neighbours.ts'
export { type Page, PageNotFound, type PageRequest, presentPage, readPage } from './paging/page.ts'
export { linkNextPage, type Position, type Positions, positionsOf } from './paging/positions.ts'
export { runService } from './run-service.ts'
export { type Clock, type Runtime, systemRuntime } from './runtime.ts'
export { announcedLength, readBody } from './server/bodies.ts'
export { createServer, type Server, type ServerOptions } from './server/create-server.ts'
export { gatewayHeader } from './server/gateway-trust.ts'
export { type Health, type HealthCheck, NotReady } from './server/health.ts'
export { registerDoors } from './server/register-doors.ts'
export { requestUrl } from './server/request-target.ts'
export {
  checkServerConfig,
  type DatabaseConfig,
  databaseConfigSchema,
  localOrigin,
  type ServerConfig,
  serverConfigSchema
} from './server/server-config.ts'
export type { KitTables } from './tables.ts'
export { emailKey, isEmail } from './validation/email.ts'
export { type Checked, createValidator } from './validation/validation.ts'

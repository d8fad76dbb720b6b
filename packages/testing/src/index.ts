export { type Answer, type Api, createApi, type Json } from './api.ts'
export { collectEvents, connectNats, eventOf, loseStream, type StoredEvent } from './events.ts'
export { eventually } from './eventually.ts'
export { createLogBook, type LogBook } from './log-book.ts'
export { openQueryPlans, type QueryPlan, type QueryPlans } from './query-plans.ts'
export { invitation, invite, makePair, makePlan, move, type Plan } from './plans.ts'
export { createTestDatabase, startTestNats, startTestPostgres, type TestDatabase } from './servers.ts'
export { type Frame, openSessionSocket, openSocket, type TestSocket } from './sockets.ts'
export {
  type SharedSystem,
  startOwnSystem,
  type SystemOptions,
  type TestSystem,
  useSharedSystem,
  useSystem
} from './system.ts'
export { logIn, registerUser, type TestUser } from './users.ts'

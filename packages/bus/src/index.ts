export { type BusOptions, connectBus } from './bus.ts'
export {
  BusDisconnected,
  BusUnavailable,
  ContractViolation,
  InvalidSubject,
  RemoteError,
  RetryLater
} from './errors.ts'
export { BusNeighbours } from './neighbours.ts'
export type { BusTuning } from './tuning.ts'
export { conforms } from './schema-check.ts'
export { subjectToken } from './subject.ts'
export type {
  AnswerContext,
  AskOptions,
  Bus,
  BusCounters,
  ConsumeOptions,
  Consumption,
  LiveHandler,
  RawMessage
} from './types.ts'

export { type BusOptions, connectBus } from './bus.ts'
export type { BusCounters } from './counters.ts'
export {
  BusDisconnected,
  BusUnavailable,
  ContractViolation,
  InvalidSubject,
  RemoteError,
  RetryLater
} from './errors.ts'
export type { BusTuning } from './tuning.ts'
export { conforms } from './schema-check.ts'
export { subjectToken } from './subject.ts'
export type { AnswerContext, AskOptions, Bus, ConsumeOptions, Consumption, LiveHandler, RawMessage } from './types.ts'

export type { AtomicCommand, Command, Commands } from './commands.ts'
export { ApplyTimedOut, EventsError, ForeignEvent, NotRecording, NotYetApplied } from './errors.ts'
export { deleteParkedAbout, type RecordedAbout, redactRecorded } from './forget.repository.ts'
export type { Clock, Log } from './log.ts'
export { eventMigrations, type EventTables } from './migrations.ts'
export { countParked, listParked, type ParkedEvent } from './parked.repository.ts'
export { parkEvent, type ParkInput, type ReplayedParked, replayParked } from './parked.ts'
export { outboxInsertion } from './outbox.repository.ts'
export { batchBytesMax, type EventReferences, type OutboxItem } from './outbox-row.ts'
export { afterCommit, envelopeOf, type NewEvent, recordEvent, recordEvents } from './recording.ts'
export type { OutboxRelay, RelaySettings } from './relay.ts'
export type { ReplayedPage, ReplayPage } from './replay-outbox.ts'
export { applyEvent, runSubscriber, type SubscriberStore, takeApart } from './run-subscriber.ts'
export { createStore, type EventStore, type Store, type StoreOptions, type TransactionOptions } from './store.ts'
export {
  type BatchSubscriber,
  defineBatchSubscriber,
  defineSubscriber,
  type HandlerContext,
  type SingleSubscriber,
  type Subscriber
} from './subscriber.ts'

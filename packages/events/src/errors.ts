/** What this package throws: always a mistake of the calling program, never of its input or its surroundings. */
export class EventsError extends Error {
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.name = new.target.name
    this.code = code
  }
}

/** An event or a callback was tied to a transaction that `store.transaction` did not open, or that is over. */
export class NotRecording extends EventsError {
  constructor() {
    super('EVENTS_NOT_RECORDING', 'Events are recorded only inside store.transaction, on the transaction it hands out')
  }
}

/** A row of the outbox refers to content that this store was not given the references of. */
export class NoReferences extends EventsError {
  constructor(type: string | null) {
    super('EVENTS_NO_REFERENCES', `The store has no references for the recorded events of type ${type}`)
  }
}

/** A service tried to record an event that another service owns. */
export class ForeignEvent extends EventsError {
  constructor(type: string, source: string) {
    super('EVENTS_FOREIGN_EVENT', `${source} cannot record ${type}: another service owns it`)
  }
}

/** An event's id is a UUID to Postgres, but in another spelling than everywhere else: it could not be recognised. */
export class UnknownEventId extends EventsError {
  constructor(ids: string[]) {
    super(
      'EVENTS_UNKNOWN_EVENT_ID',
      `Event ids are lower-case UUIDs with dashes; Postgres made of them: ${ids.join(', ')}`
    )
  }
}

/** What followed from an event has not been applied by every service that depends on it; applying it again asks again. */
export class NotYetApplied extends EventsError {
  constructor(eventId: string) {
    super('EVENTS_NOT_YET_APPLIED', `what event ${eventId} caused is not applied everywhere yet`)
  }
}

/** A service had not applied an event when the wait was over; reported through `onDegraded`, never thrown. */
export class ApplyTimedOut extends EventsError {
  constructor(service: string, waitMs: number) {
    super('EVENTS_APPLY_TIMED_OUT', `${service} had not applied an event after ${waitMs} ms`)
  }
}

/** NATS, the stream or the answering service cannot be reached now. Trying again later may help. */
export class BusUnavailable extends Error {
  readonly code = 'BUS_UNAVAILABLE'
  readonly statusCode = 503

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BusUnavailable'
  }
}

/** There is no connection to NATS at all. */
export class BusDisconnected extends BusUnavailable {
  constructor(options?: ErrorOptions) {
    super('not connected to NATS', options)
    this.name = 'BusDisconnected'
  }
}

/** What a question's handler threw on purpose: its `message` is public. */
export class RemoteError extends Error {
  readonly code: string
  readonly statusCode: number

  constructor(error: { code: string; statusCode: number; message: string }) {
    super(error.message)
    this.name = 'RemoteError'
    this.code = error.code
    this.statusCode = error.statusCode
  }
}

/** Thrown by an event handler that cannot work now through no fault of the event: never counts towards parking. */
export class RetryLater extends Error {
  readonly code = 'BUS_RETRY_LATER'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RetryLater'
  }
}

/** A payload outside its schema, or too large to travel: a fault of the program, not of the moment. */
export class ContractViolation extends Error {
  readonly code = 'BUS_CONTRACT_VIOLATION'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ContractViolation'
  }
}

/** Text that would change the meaning of a subject: wildcards, dots inside a token, spaces. */
export class InvalidSubject extends Error {
  readonly code = 'BUS_INVALID_SUBJECT'

  constructor(text: string) {
    super(`not usable in a subject: ${JSON.stringify(text.slice(0, 80))}`)
    this.name = 'InvalidSubject'
  }
}

/** A subject has no subscribers. Never leaves this package. */
export class NoResponders extends BusUnavailable {
  constructor() {
    super('no process answers')
    this.name = 'NoResponders'
  }
}

/** The answer did not come in time. Never leaves this package. */
export class TimedOut extends BusUnavailable {
  constructor(milliseconds: number) {
    super(`no answer for ${milliseconds} ms`)
    this.name = 'TimedOut'
  }
}

/** No stream stores events of this subject: it is gone. Never leaves this package. */
export class NoStream extends Error {
  readonly code = 'BUS_NO_STREAM'
}

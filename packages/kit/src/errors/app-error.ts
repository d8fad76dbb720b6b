import type { Door } from '@belay/contracts'
import createError from '@fastify/error'

/** One invalid field; `field` is a path such as `destination.slug`. */
export interface FieldFault {
  field: string
  message: string
}

/** What an error adds to its response. */
export interface AnswerExtras {
  headers?: Readonly<Record<string, string>>
  /** Further members of the body, in addition to those of every problem document. */
  members?: Readonly<Record<string, unknown>>
  /** For errors whose status depends on the front door. */
  statusIn?: (door: Door) => number
}

/** An error with a public message, a stable code and an HTTP status. */
export interface AppError extends Error {
  readonly code: string
  readonly statusCode: number
  extras?: AnswerExtras
}

export interface AppErrorConstructor {
  /** The arguments fill the `%s` of the message, in order; a final `{ cause }` is for the log. */
  new (...args: unknown[]): AppError
  readonly prototype: AppError
}

/**
 * Declares an error: `code` is UPPER_SNAKE and stable, `message` is public (`%s` takes the arguments), and the status
 * is defined only here.
 */
export function appError(
  code: string,
  message: string,
  statusCode: number,
  extras?: AnswerExtras
): AppErrorConstructor {
  const Declared = createError<string, number, unknown[]>(code, message, statusCode)
  return class extends Declared {
    declare extras?: AnswerExtras

    constructor(...args: unknown[]) {
      super(...args)
      this.name = 'AppError'
      if (extras !== undefined) this.extras = extras
    }
  }
}

/** Adds headers or body members to one error's response and returns the error. */
export function withExtras<E extends AppError>(error: E, extras: AnswerExtras): E {
  return Object.assign(error, {
    extras: {
      ...error.extras,
      ...extras,
      headers: { ...error.extras?.headers, ...extras.headers },
      members: { ...error.extras?.members, ...extras.members }
    }
  })
}

/** Whether an error was made by a class that `appError` declared. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof createError.FastifyError && error.name === 'AppError'
}

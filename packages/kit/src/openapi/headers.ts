import {
  addComponents,
  isObject,
  type Json,
  listOf,
  mapOperations,
  mapValues,
  objectOf,
  type Place
} from './document.ts'

const text = { type: 'string' }

/** Response headers, by name. */
const answerHeaders = {
  'Retry-After': { description: 'Seconds until trying again may help.', schema: { type: 'integer', minimum: 1 } },
  RateLimit: {
    description: 'The limit that is used up: `"<name>";r=<uses left>;t=<seconds until the window ends>`.',
    schema: text
  },
  'RateLimit-Policy': {
    description: 'What the limit allows: `"<name>";q=<uses>;w=<seconds>`.',
    schema: text
  },
  'Idempotency-Replayed': {
    description: 'The answer of the first call with this `Idempotency-Key`; nothing was done again.',
    schema: { type: 'string', enum: ['true'] }
  }
} as const

const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Chosen by the caller. The same key on the same call within 24 hours returns the first answer and does nothing again.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' }
}

/** References to response headers. */
export function headers(...names: (keyof typeof answerHeaders)[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]))
}

/** Whether a call may carry an access token. */
export function isForUsers(operation: Json): boolean {
  return listOf(operation.security).some((requirement) => isObject(requirement) && 'bearer' in requirement)
}

/** Whether a repetition is recognised by its `Idempotency-Key`: every POST of a user. */
export function hasIdempotency(operation: Json, { method }: Place): boolean {
  return method === 'post' && isForUsers(operation)
}

/** Describes the headers that all operations share. */
export function describeHeaders(document: Json): Json {
  const described = mapOperations(document, (operation, place) => {
    if (!hasIdempotency(operation, place)) return operation
    const responses = mapValues(operation.responses, (response) => ({
      ...objectOf(response),
      headers: headers('Idempotency-Replayed')
    }))
    const parameters = [...listOf(operation.parameters), { $ref: '#/components/parameters/IdempotencyKey' }]
    return { ...operation, parameters, responses }
  })
  return addComponents(described, { headers: answerHeaders, parameters: { IdempotencyKey: idempotencyKey } })
}

import type { AnySchema } from 'ajv'
import type { FastifyInstance } from 'fastify'
import { createCompiler } from './ajv.ts'

/** Checks bodies as they are, and reads numbers and booleans out of the text of queries, paths and headers. */
export function installValidation(app: FastifyInstance): void {
  const strict = createCompiler({ coerce: false })
  const coercing = createCompiler({ coerce: true })
  app.setValidatorCompiler<AnySchema>(({ schema, httpPart }) => (httpPart === 'body' ? strict : coercing)(schema))
}

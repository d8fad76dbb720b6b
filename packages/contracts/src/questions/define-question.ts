import type { Static, TSchema } from 'typebox'

/** One method that a service answers over request/reply, in a queue group named after the service. */
export interface QuestionDefinition<Input extends TSchema = TSchema, Output extends TSchema = TSchema> {
  readonly service: string
  readonly method: string
  /** `belay.rpc.<service>.<method>`. */
  readonly subject: string
  readonly input: Input
  readonly output: Output
}

/** Declares a question; input and output are checked at both ends. */
export function defineQuestion<Input extends TSchema, Output extends TSchema>(question: {
  service: string
  method: string
  input: Input
  output: Output
}): QuestionDefinition<Input, Output> {
  return Object.freeze({ ...question, subject: `belay.rpc.${question.service}.${question.method}` })
}

export type QuestionInput<Q extends QuestionDefinition> = Static<Q['input']>
export type QuestionOutput<Q extends QuestionDefinition> = Static<Q['output']>

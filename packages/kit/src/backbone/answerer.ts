import type { AnswerContext, Bus } from '@belay/bus'
import type { QuestionDefinition, QuestionInput, QuestionOutput } from '@belay/contracts'

/** A question with the function that answers it. */
export interface Answerer {
  readonly question: QuestionDefinition
  /** Starts answering. */
  start(bus: Bus): Promise<void>
}

/** Pairs a question with its handler; input and output are typed by the question's schemas. */
export function answerer<Question extends QuestionDefinition>(
  question: Question,
  handler: (input: QuestionInput<Question>, context: AnswerContext) => Promise<QuestionOutput<Question>>
): Answerer {
  return { question, start: (bus) => bus.answer(question, handler) }
}

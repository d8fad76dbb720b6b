/** Resolves to what the process that started this generator gives it. */
export function receiveInput<Input>(): Promise<Input> {
  return new Promise((resolve) => process.once('message', (input: Input) => resolve(input)))
}

import { InvalidSubject } from './errors.ts'

const TOKEN = /^[^\s.*>\u0000-\u001f]+$/
const SUBJECT = /^[^\s.*>\u0000-\u001f]+(?:\.[^\s.*>\u0000-\u001f]+)*$/
const PATTERN = /^(?:(?:\*|[^\s.*>\u0000-\u001f]+)\.)*(?:\*|>|[^\s.*>\u0000-\u001f]+)$/

/**
 * An id as one token of a subject, unchanged.
 * @throws InvalidSubject when it is empty or holds '.', '*', '>', spaces or control characters
 */
export function subjectToken(id: string): string {
  if (!TOKEN.test(id)) throw new InvalidSubject(id)
  return id
}

/** A subject to publish to: whole tokens, no wildcards. */
export function checkSubject(subject: string): string {
  if (!SUBJECT.test(subject)) throw new InvalidSubject(subject)
  return subject
}

/** A subject to listen to: `*` may stand for a token and `>` for the rest. */
export function checkPattern(pattern: string): string {
  if (!PATTERN.test(pattern)) throw new InvalidSubject(pattern)
  return pattern
}

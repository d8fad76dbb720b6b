import { isBlank, isStorable } from '@belay/contracts'
import type { ErrorObject, KeywordDefinition } from 'ajv'

/** The place in which a checked text stands. */
interface Place {
  parentData: Record<string | number, unknown>
  parentDataProperty: string | number
}

interface TextCheck {
  (text: string, place?: Place): boolean
  errors?: Partial<ErrorObject>[]
}

/**
 * `trim: true`: white space around a text is removed before its length is looked at, and a text in which there is
 * nothing to see is empty; NUL (no database text holds it) and halves of surrogate pairs (no UTF-8 has them) are refused.
 */
export const trimKeyword: KeywordDefinition = {
  keyword: 'trim',
  type: 'string',
  schemaType: 'boolean',
  modifying: true,
  before: 'maxLength',
  compile: (enabled: boolean) => (enabled ? checkAndTrim : () => true)
}

/** `lowercase: true`: the text is put into lower case. UUIDs are the same in any case; compared as texts they are not. */
export const lowercaseKeyword: KeywordDefinition = {
  keyword: 'lowercase',
  type: 'string',
  schemaType: 'boolean',
  modifying: true,
  before: 'maxLength',
  compile: (enabled: boolean) => (enabled ? toLowerCase : () => true)
}

const checkAndTrim: TextCheck = (text, place) => {
  if (!isStorable(text)) {
    checkAndTrim.errors = [{ keyword: 'trim', message: 'must not contain NUL or broken characters', params: {} }]
    return false
  }
  if (place !== undefined) place.parentData[place.parentDataProperty] = isBlank(text) ? '' : text.trim()
  return true
}

const toLowerCase: TextCheck = (text, place) => {
  if (place !== undefined) place.parentData[place.parentDataProperty] = text.toLowerCase()
  return true
}

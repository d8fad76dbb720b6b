import { isBlank, isStorable } from '@belay/contracts'
import type { ErrorObject, KeywordDefinition } from 'ajv'

/** The object or array that contains the checked text. */
interface Place {
  parentData: Record<string | number, unknown>
  parentDataProperty: string | number
}

interface TextCheck {
  (text: string, place?: Place): boolean
  errors?: Partial<ErrorObject>[]
}

/**
 * `trim: true`: surrounding white space is removed before the length is checked, and a text without visible characters
 * counts as empty; NUL (invalid in Postgres) and lone surrogates (invalid in UTF-8) are rejected.
 */
export const trimKeyword: KeywordDefinition = {
  keyword: 'trim',
  type: 'string',
  schemaType: 'boolean',
  modifying: true,
  before: 'maxLength',
  compile: (enabled: boolean) => (enabled ? checkAndTrim : () => true)
}

/** `lowercase: true`: the text is put into lower case. UUIDs are the same in any case, but not when compared as texts. */
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

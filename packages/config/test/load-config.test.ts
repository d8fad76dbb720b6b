import { Type } from 'typebox'
import { expect, test } from 'vitest'
import { ConfigError, loadConfig } from '../src/index.ts'

const schema = Type.Object({
  PORT: Type.Integer({ minimum: 1, maximum: 65_535, default: 8080 }),
  LIMITS: Type.Union([Type.Literal('on'), Type.Literal('off')], { default: 'on' }),
  DEBUG: Type.Boolean({ default: false }),
  RATIO: Type.Number({ default: 0.5 }),
  SECRET: Type.String({ minLength: 8 }),
  ORIGINS: Type.Unsafe<string[]>({ type: 'string', separator: ',', default: '' }),
  HOOK_URL: Type.Optional(Type.String({ format: 'uri' }))
})

function faultsOf(env: Record<string, string | undefined>) {
  try {
    loadConfig(schema, env)
  } catch (error) {
    if (error instanceof ConfigError) return error
  }
  return expect.fail('the environment should have been refused')
}

test('values are parsed from text, defaults are applied, and the result is frozen', () => {
  const config = loadConfig(schema, { PORT: '3000', DEBUG: 'true', RATIO: '2', SECRET: 'long enough', ORIGINS: 'a,b' })
  expect(config).toEqual({
    PORT: 3000,
    LIMITS: 'on',
    DEBUG: true,
    RATIO: 2,
    SECRET: 'long enough',
    ORIGINS: ['a', 'b']
  })
  expect(Object.isFrozen(config)).toBe(true)
})

test('an empty or blank variable counts as unset, and unknown ones are ignored', () => {
  const config = loadConfig(schema, { SECRET: 'long enough', PORT: '', HOOK_URL: '  ', HOME: '/root' })
  expect(config).toEqual({ PORT: 8080, LIMITS: 'on', DEBUG: false, RATIO: 0.5, SECRET: 'long enough', ORIGINS: [] })
})

test('every violation is reported at once, in a readable message', () => {
  const error = faultsOf({ PORT: 'many', LIMITS: 'sometimes', DEBUG: 'yes', HOOK_URL: 'nowhere' })
  expect(error.violations).toEqual([
    { variable: 'SECRET', problem: 'is missing' },
    { variable: 'PORT', problem: 'must be a whole number' },
    { variable: 'LIMITS', problem: 'must be one of: on, off' },
    { variable: 'DEBUG', problem: 'must be true or false' },
    { variable: 'HOOK_URL', problem: 'must be a valid uri' }
  ])
  expect(error.message.split('\n')).toHaveLength(6)
})

test('a rejected secret does not appear in the error', () => {
  const error = faultsOf({ SECRET: 'hunter2' })
  expect(error.violations).toEqual([{ variable: 'SECRET', problem: 'must NOT have fewer than 8 characters' }])
  expect(JSON.stringify(error) + error.message).not.toContain('hunter2')
})

test('the schema is not modified, so that it can be used again', () => {
  const before = JSON.stringify(schema)
  loadConfig(schema, { SECRET: 'long enough' })
  expect(JSON.stringify(schema)).toBe(before)
})

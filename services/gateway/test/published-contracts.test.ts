import { describe, expect, test } from 'vitest'
import { contractBreaks } from './lib/contract-breaks.ts'

type Json = Record<string, unknown>

const object = (properties: Json, required: string[] = []) => ({ type: 'object', properties, required })
const json = (schema: Json) => ({ content: { 'application/json': { schema } } })

const answer = object({ id: { type: 'string' }, state: { type: 'string', enum: ['open', 'closed'] } }, ['id'])
const body = object({ title: { type: 'string', maxLength: 80 }, size: { type: 'integer' } }, ['title'])
const limit = { name: 'limit', in: 'query', required: false, schema: { type: 'integer' } }
const operation = {
  parameters: [limit],
  requestBody: { required: true, ...json(body) },
  responses: { 201: json(answer) }
}
const document = (changed: Json = {}) => ({ paths: { '/plans': { post: { ...operation, ...changed } } } })

const withAnswer = (schema: Json) => document({ responses: { 201: json(schema) } })
const withBody = (schema: Json) => document({ requestBody: { required: true, ...json(schema) } })

const { id } = answer.properties
const breaking: Record<string, [after: Json, complaint: string]> = {
  'a path is removed': [{ paths: {} }, '/plans is gone'],
  'an operation is removed': [{ paths: { '/plans': { get: {} } } }, 'POST /plans is gone'],
  'a status is removed': [document({ responses: { 200: json(answer) } }), 'POST /plans 201 is gone'],
  'a field of a response is removed': [withAnswer(object({ id }, ['id'])), 'POST /plans 201.state is gone'],
  'a field of a response becomes optional': [
    withAnswer({ ...answer, required: [] }),
    'POST /plans 201.id may now be missing'
  ],
  'a field of a response gets another type': [
    withAnswer(object({ ...answer.properties, id: { type: 'integer' } }, ['id'])),
    'POST /plans 201.id is integer, was string'
  ],
  'a field of a response becomes nullable': [
    withAnswer(object({ ...answer.properties, id: { anyOf: [{ type: 'string' }, { type: 'null' }] } }, ['id'])),
    'POST /plans 201.id may now have another form'
  ],
  'a value of a response is removed': [
    withAnswer(object({ id, state: { type: 'string', enum: ['open'] } }, ['id'])),
    'POST /plans 201.state: the value "closed" is gone'
  ],
  'a field of a request becomes required': [
    withBody({ ...body, required: ['title', 'size'] }),
    'POST /plans body.size is now required'
  ],
  'a new field of a request is required': [
    withBody(object({ ...body.properties, place: { type: 'string' } }, ['title', 'place'])),
    'POST /plans body.place is now required'
  ],
  'a limit of a request becomes stricter': [
    withBody(object({ ...body.properties, title: { type: 'string', maxLength: 40 } }, ['title'])),
    'POST /plans body.title: maxLength is stricter'
  ],
  'a type of a request is narrowed': [
    document({ parameters: [{ ...limit, schema: { type: 'integer', enum: [1, 2] } }] }),
    'POST /plans query limit is now limited to some values'
  ],
  'a parameter is removed': [document({ parameters: [] }), 'POST /plans: query limit is gone'],
  'a parameter becomes required': [
    document({ parameters: [{ ...limit, required: true }] }),
    'POST /plans: query limit is now required'
  ]
}

describe('a published contract breaks when', () => {
  test.each(Object.entries(breaking))('%s', (_, [after, complaint]) => {
    expect(contractBreaks(document(), after)).toEqual([complaint])
  })
})

const place = { type: 'string' }
const kept: Record<string, Json> = {
  nothing: document(),
  'a path': { paths: { ...document().paths, '/trips': {} } },
  'a status': document({ responses: { 200: json(answer), ...operation.responses } }),
  'a field of a response': withAnswer(object({ ...answer.properties, place }, ['id', 'place'])),
  'an optional field of a request': withBody(object({ ...body.properties, place }, ['title'])),
  'a form of a request': withBody(
    object({ ...body.properties, size: { anyOf: [{ type: 'integer' }, place] } }, ['title'])
  ),
  'an optional parameter': document({ parameters: [limit, { ...limit, name: 'cursor' }] })
}

test.each(Object.entries(kept))('a published contract is kept when %s is added', (_, after) => {
  expect(contractBreaks(document(), after)).toEqual([])
})

describe('a published event', () => {
  const event = (data: Json, address = 'belay.evt.moved') => ({
    channels: { moved: { address } },
    components: { messages: { moved: { payload: { $ref: '#/components/schemas/Moved' } } }, schemas: { Moved: data } }
  })

  test('may gain a field and lose none', () => {
    const wider = object({ ...answer.properties, place }, ['id'])
    expect(contractBreaks(event(answer), event(wider))).toEqual([])
    expect(contractBreaks(event(wider), event(answer))).toEqual(['moved.place is gone'])
  })

  test('keeps its subject and does not disappear', () => {
    expect(contractBreaks(event(answer), event(answer, 'belay.evt.other'))).toEqual(['moved has another address'])
    expect(contractBreaks(event(answer), { channels: {} })).toEqual(['moved is gone', 'moved is gone'])
  })
})

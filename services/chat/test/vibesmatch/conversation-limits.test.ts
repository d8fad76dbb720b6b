import { randomUUID } from 'node:crypto'
import { useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { openConversation } from '../support/conversations.ts'

const system = useSystem({
  env: { LIMIT_CONVERSATION_LISTS_PER_MINUTE: '2', LIMIT_CONVERSATION_READS_PER_MINUTE: '2' },
  replicas: { chat: 2 }
})

test.each(['/api/v1/conversations', 'messages'])('pages of %s have a limit over all replicas', async (path) => {
  const { ana, ben, messages } = await openConversation(system)
  const url = path === 'messages' ? messages : path
  // Calls that fail do not count.
  for (let n = 0; n < 3; n += 1) await ana.api.get(`${url}?cursor=${randomUUID()}!`)

  const answers = []
  for (let n = 0; n < 3; n += 1) answers.push(await ana.api.get(url))

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 429])
  expect(answers[2]).toMatchObject({
    body: { success: false, error: { code: 'RATE_LIMIT_EXCEEDED' } },
    headers: { 'retry-after': expect.any(String), 'ratelimit-policy': expect.stringContaining('q=2;w=60') }
  })
  expect((await ben.api.get(url)).status).toBe(200)
})

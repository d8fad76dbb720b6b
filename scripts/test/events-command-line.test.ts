import { expect, test } from 'vitest'
import { readCommand } from '../events/command-line.ts'

test.each([
  [['parked'], { name: 'parked', services: ['people', 'sessions', 'chat', 'notifications'] }],
  [['parked', 'chat'], { name: 'parked', services: ['chat'] }],
  [['replay-parked', 'chat'], { name: 'replay-parked', service: 'chat', durable: null }],
  [
    ['replay-parked', 'chat', 'chat-user-updated'],
    { name: 'replay-parked', service: 'chat', durable: 'chat-user-updated' }
  ],
  [['begin-epoch'], { name: 'begin-epoch' }],
  [['subscriber-url'], { name: 'subscriber-url' }],
  [['nats-config'], { name: 'nats-config' }],
  [['replay-stream', 'people'], { name: 'replay-stream', service: 'people', since: null }],
  [
    ['replay-stream', '--since', '2026-11-21T10:00+01:00', 'people'],
    { name: 'replay-stream', service: 'people', since: '2026-11-21T09:00:00.000Z' }
  ]
])('%j is understood', (words, command) => {
  expect(readCommand(words)).toEqual(command)
})

test.each([
  [[], /^usage: /],
  [['gossip'], /^usage: /],
  [['begin-epoch', 'chat'], /^usage: /],
  [['parked', '--since', '2026-01-01'], /^usage: /],
  [['parked', 'chat', 'all'], /^usage: /],
  [['subscriber-url', 'chat'], /^usage: /],
  [['replay-parked'], /^the services with events are people, sessions, chat, notifications; usage: /],
  [['replay-stream', 'gateway'], /^the services with events are /],
  [['replay-stream', 'chat', '--since', 'yesterday'], /^--since must be a time such as .*, not "yesterday"$/],
  [['replay-stream', 'chat', '--until', 'now'], /^usage: /]
])('%j is refused with an explanation', (words, explanation) => {
  expect(() => readCommand(words)).toThrow(explanation)
})

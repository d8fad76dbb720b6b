import { type Answer, createApi, type TestUser } from '@belay/testing'
import type { ServiceName } from '@belay/launcher'
import { answerOf, type Call } from './calls.ts'
import { PromiseBroken } from './promise-broken.ts'
import { replicasOf } from './replicas.ts'
import type { Round } from './round.ts'

/** A read or a write that a command has made right or wrong. */
export interface Rule extends Call {
  service: ServiceName
  person: TestUser
  /** One of these statuses. */
  answers: readonly number[]
  /** What the body must show as well. */
  shows?: (body: Answer['body']) => boolean
}

/**
 * Guarantee 2: right after the 2xx of a command every replica of every service obeys it. All are asked at once; one that
 * is down or frozen is asked until it answers, and must obey then as well. Returns the answers.
 */
export async function expectObeyed(round: Round, after: string, rules: readonly Rule[]): Promise<Answer[]> {
  const asked = rules.flatMap((rule) => doorsTo(round, rule).map((door) => ({ rule, door })))
  return Promise.all(
    asked.map(async ({ rule, door }) => {
      const api = createApi(door.url, rule.person.token)
      const body = typeof rule.body === 'function' ? rule.body() : rule.body
      const { answer } = await answerOf(round, api, { ...rule, body })
      round.tally.checks += 1
      if (rule.answers.includes(answer.status) && (rule.shows?.(answer.body) ?? true)) return answer
      throw new PromiseBroken('after the 2xx of a command the next call to any service obeys it', {
        after,
        at: door.name,
        call: `${rule.method} ${rule.path}`,
        expected: { status: rule.answers, shows: rule.shows?.toString() },
        status: answer.status,
        body: answer.body
      })
    })
  )
}

/** Every replica, and the public door in front of them. */
function doorsTo({ system }: Round, { service }: Rule): { name: string; url: string }[] {
  const replicas = replicasOf(service).map((index) => ({
    name: `${service}-${index}`,
    url: `http://127.0.0.1:${system.process(service, index).port}`
  }))
  return [...replicas, { name: 'gateway', url: system.url }]
}

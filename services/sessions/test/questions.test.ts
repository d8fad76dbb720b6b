import { FindSession } from '@belay/contracts'
import { useSystem } from '@belay/testing'
import { expect, test } from 'vitest'
import { withBus } from './support/bus.ts'
import { makePlan, sessionIn, unknownId } from './support/plans.ts'

const system = useSystem({ env: { RATE_LIMITS: 'off' } })

test('find-session tells who is in a session and where it stands', async () => {
  const plan = await makePlan(system)
  const id = await sessionIn(plan, 'accepted')
  const { session } = await withBus(system, (bus) => bus.ask(FindSession, { session_id: id }))
  expect(session).toEqual({
    session_id: id,
    inviter_id: plan.inviter.id,
    invitee_id: plan.invitee.id,
    status: 'accepted',
    version: 2
  })
})

test('find-session knows nothing of an unknown id', async () => {
  const { session } = await withBus(system, (bus) => bus.ask(FindSession, { session_id: unknownId }))
  expect(session).toBeNull()
})

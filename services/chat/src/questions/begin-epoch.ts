import { BeginEpoch } from '@belay/contracts'
import { answerer } from '@belay/kit'
import type { Chat } from '#src/context.ts'
import { replaceEpoch } from '#src/continuity/epoch.repository.ts'

export const beginEpoch = ({ store, runtime }: Chat) =>
  answerer(BeginEpoch, async () => ({ epoch: await replaceEpoch(store.db, runtime.newId()) }))

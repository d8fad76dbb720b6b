import { expect, test } from 'vitest'
import { Recent } from '#src/core/recent.ts'

test('an id is taken once while it is among the last ones', () => {
  const recent = new Recent(2)
  expect(['a', 'b', 'a', 'c', 'b', 'a'].map((id) => recent.add(id))).toEqual([true, true, false, true, false, true])
})

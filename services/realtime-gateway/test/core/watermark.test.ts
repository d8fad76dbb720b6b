import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Watermark } from '#src/core/watermark.ts'

class Reader extends Watermark<{ seq: number }> {
  readonly read: number[] = []

  protected override deliver({ seq }: { seq: number }): void {
    this.read.push(seq)
  }
}

const numbersFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index)

function readerAt(seq: number): Reader {
  const reader = new Reader()
  reader.place(seq)
  return reader
}

describe('a watermark', () => {
  test('delivers the next entry and drops what it has seen', () => {
    const reader = readerAt(4)
    for (const seq of [5, 5, 3, 6, 4, 6]) reader.offer({ seq })
    expect(reader.read).toEqual([5, 6])
    expect(reader.behind).toBe(false)
  })

  test('keeps what overtook its predecessors until they arrive', () => {
    const reader = readerAt(0)
    for (const seq of [3, 2]) reader.offer({ seq })
    expect(reader.read).toEqual([])
    expect(reader.behind).toBe(true)
    reader.offer({ seq: 1 })
    expect(reader.read).toEqual([1, 2, 3])
    expect(reader.behind).toBe(false)
  })

  test('delivers nothing before it is placed, and what came meanwhile after it', () => {
    const reader = new Reader()
    for (const seq of [6, 8, 7]) reader.offer({ seq })
    expect(reader.read).toEqual([])
    reader.place(6)
    expect(reader.read).toEqual([7, 8])
  })

  test('is behind when the log is known to reach further', () => {
    const reader = readerAt(2)
    reader.note(2)
    expect(reader.behind).toBe(false)
    reader.note(4)
    expect(reader.behind).toBe(true)
    for (const seq of [3, 4]) reader.accept({ seq })
    expect(reader.read).toEqual([3, 4])
    expect(reader.behind).toBe(false)
  })

  test('never waits for an entry that the log itself does not have', () => {
    const reader = readerAt(0)
    for (const seq of [1, 4]) reader.accept({ seq })
    expect(reader.read).toEqual([1, 4])
  })

  test('sees every entry once and in order, however the live source loses, repeats and shuffles', () => {
    const scenario = fc.record({
      start: fc.nat({ max: 30 }),
      length: fc.integer({ min: 1, max: 120 }),
      live: fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 400 }),
      placedAfter: fc.nat({ max: 50 })
    })
    fc.assert(
      fc.property(scenario, ({ start, length, live, placedAfter }) => {
        const last = start + length
        const reader = new Reader()
        const arrivals = live.filter((seq) => seq <= last)
        for (const seq of arrivals.slice(0, placedAfter)) reader.offer({ seq })
        reader.place(start)
        for (const seq of arrivals.slice(placedAfter)) reader.offer({ seq })
        reader.note(last)
        while (reader.behind) reader.accept({ seq: reader.at + 1 })
        expect(reader.read).toEqual(numbersFrom(start + 1, last))
      })
    )
  })
})

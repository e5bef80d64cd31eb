import { describe, expect, test } from 'vitest'

import { sameSpot } from './plan'
import { aPlan, anEvent } from './sample'
import { entrance, walk } from './walk'

const MORNING = anEvent('2026-11-23T05:30')
const NOON = anEvent('2026-11-23T11:00')
const EVENING = anEvent('2026-11-24T17:00')
// A line without events lies between the two.
const PLAN = aPlan([[EVENING, MORNING], [], [NOON, EVENING]])
const lineOf = (row: number) => {
  const line = PLAN.table.rows[row]?.line
  return line === undefined ? undefined : PLAN.table.lines[line]
}
const index = (event: typeof MORNING) => PLAN.table.events.indexOf(event)
const step = (row: number, event: typeof MORNING, way: 'left' | 'right' | 'up' | 'down' | 'first' | 'last') =>
  walk({ row, event: index(event) }, way, lineOf, PLAN.spans)

describe('arrows between events', () => {
  test('walk along the row in time and stop at its ends', () => {
    expect(step(0, MORNING, 'right')).toEqual({ row: 0, event: index(EVENING) })
    expect(step(0, EVENING, 'right')).toEqual({ row: 0, event: index(EVENING) })
    expect(step(0, MORNING, 'left')).toEqual({ row: 0, event: index(MORNING) })
    expect(step(0, EVENING, 'first')).toEqual({ row: 0, event: index(MORNING) })
  })

  test('go to the nearest in time of the next row that has any', () => {
    expect(step(0, MORNING, 'down')).toEqual({ row: 2, event: index(NOON) })
    expect(step(2, EVENING, 'up')).toEqual({ row: 0, event: index(EVENING) })
    expect(step(2, NOON, 'down')).toEqual({ row: 2, event: index(NOON) })
  })
})

test('the keyboard enters at the first event of the first row that has one', () => {
  expect(entrance(3, lineOf, PLAN.spans)).toEqual({ row: 0, event: index(MORNING) })
  expect(entrance(1, () => [], PLAN.spans)).toBeUndefined()
})

test('the focus finds the same occurrence in a newer answer, or nothing', () => {
  const fresh = aPlan([[NOON, MORNING, EVENING], [], [EVENING]])

  expect(sameSpot(PLAN, fresh, { row: 0, event: index(MORNING) })).toEqual({ row: 0, event: 1 })
  expect(sameSpot(PLAN, fresh, { row: 2, event: index(NOON) })).toBeUndefined()
})

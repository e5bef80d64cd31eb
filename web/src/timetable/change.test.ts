import { expect, test } from 'vitest'

import { changeOf, changesSomething, type Wish } from './change'
import { anEvent } from './sample'

const EVENT = anEvent('2026-11-24T17:00')
const WISH: Wish = { day: '2026-11-24', time: '17:00', slotMin: 15, scope: 'one' }

test('only what differs is asked of the server', () => {
  expect(changeOf(EVENT, 15, { ...WISH, time: '17:35' })).toEqual({
    scope: 'one',
    occurrence: '2026-11-24T17:00',
    start: '2026-11-24T17:35',
  })
  expect(changeOf(EVENT, 15, { ...WISH, slotMin: 30, scope: 'all' })).toEqual({
    scope: 'all',
    occurrence: '2026-11-24T17:00',
    slot_min: 30,
  })
})

test('an event left where it is asks for nothing', () => {
  expect(changesSomething(changeOf(EVENT, 15, WISH))).toBe(false)
  expect(changesSomething(changeOf(EVENT, 15, { ...WISH, day: '2026-11-25' }))).toBe(true)
})

test('an event moved by a stronger one is changed from where it was ordered', () => {
  const moved = anEvent('2026-11-24T17:10', { occurrence: 'bp-1@2026-11-24T17:00:00' })

  expect(changeOf(moved, 15, { ...WISH, time: '17:10' })).toMatchObject({
    occurrence: '2026-11-24T17:00',
    start: '2026-11-24T17:10',
  })
})

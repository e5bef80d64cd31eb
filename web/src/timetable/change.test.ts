import { describe, expect, test } from 'vitest'

import { changeOf, changesSomething, orderOf, withOthers, type Ordered, type Wish } from './change'
import { anEvent } from './sample'
import type { Conflict } from './types'

const EVENT = anEvent('2026-11-24T17:00')
const WISH: Wish = { day: '2026-11-24', time: '17:00', slotMin: 15, scope: 'one' }
const WEEKLY: Ordered = {
  id: 'bp-1',
  bulletins: ['bt-1'],
  audiences: [{ id: 'a-xa' }],
  class: 'ordinary',
  late: { policy: 'join', slip_min: 0 },
  when: {
    mode: 'rule',
    times: ['05:30', '17:00'],
    from: '2026-11-03',
    until: null,
    repeat: { every: 1, unit: 'week', weekdays: [2, 7], month_day: null, nth: null },
    extra: [],
    left_out: [],
    holidays: { policy: 'as_usual', days: [], times: [] },
  },
}

describe('what is asked of the server', () => {
  test('is only what differs', () => {
    expect(changeOf(EVENT, 15, { ...WISH, time: '17:35' })).toEqual({
      scope: 'one',
      occurrence: EVENT.occurrence,
      start: '2026-11-24T17:35',
    })
    expect(changeOf(EVENT, 15, { ...WISH, slotMin: 30 })).toMatchObject({ slot_min: 30 })
    expect(changesSomething(changeOf(EVENT, 15, WISH))).toBe(false)
  })
})

describe('what is asked beforehand', () => {
  test('is one broadcast at the new time when only one occurrence moves', () => {
    expect(orderOf(WEEKLY, EVENT.occurrence, { ...WISH, time: '17:35' })).toEqual({
      bulletins: ['bt-1'],
      audiences: ['a-xa'],
      class: 'ordinary',
      late: { policy: 'join', slip_min: 0 },
      slot_min: 15,
      when: { mode: 'at', start: '2026-11-24T17:35' },
    })
  })

  test('is the series with that time moved, and its weekdays, when the rest follows', () => {
    const { when } = orderOf(WEEKLY, EVENT.occurrence, { ...WISH, day: '2026-11-25', time: '17:35', scope: 'from_here' })

    expect(when).toMatchObject({ times: ['05:30', '17:35'], from: '2026-11-25', repeat: { weekdays: [1, 3] } })
  })

  test('begins where the series began when all of it moves', () => {
    const { when } = orderOf(WEEKLY, EVENT.occurrence, { ...WISH, time: '16:00', scope: 'all' })

    expect(when).toMatchObject({ times: ['05:30', '16:00'], from: '2026-11-03', repeat: { weekdays: [2, 7] } })
  })
})

test('what is moved does not stand in its own way', () => {
  const side = (broadcast: string) => ({ broadcast, title: '', area_name: '', class: 'ordinary' }) as const
  const conflict = (loser: string) =>
    ({ winner: side('bp-9'), loser: side(loser), outcome: 'cut' }) as unknown as Conflict

  expect(withOthers([conflict('bp-1'), conflict('bp-2')], 'bp-1')).toHaveLength(1)
})

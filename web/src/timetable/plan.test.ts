import { describe, expect, test } from 'vitest'

import { momentsOf, clock, localStart, orderedStart } from './moment'
import { listed } from './listing'
import { orderedMinutes, slotMinutes } from './plan'
import { rangeOf, scaleOf, stepped } from './range'
import { rowAt, rowsInView, topsOf } from './rows'
import { aPlan, anEvent, MONDAY } from './sample'
import { countsOf, strokesOf } from './strokes'

describe('wall time', () => {
  test('is the zone’s, on both sides of midnight', () => {
    const moment = momentsOf('Asia/Ho_Chi_Minh', MONDAY)

    expect(moment(Date.parse('2026-11-22T17:00:00Z'))).toEqual({ day: 0, minutes: 0 })
    expect(moment(Date.parse('2026-11-23T16:59:00Z'))).toEqual({ day: 0, minutes: 1439 })
    expect(moment(Date.parse('2026-11-22T16:00:00Z'))).toEqual({ day: -1, minutes: 1380 })
  })

  test('follows a zone that moves its clocks', () => {
    const moment = momentsOf('Europe/Paris', '2026-10-25')

    expect(moment(Date.parse('2026-10-25T00:30:00Z')).minutes).toBe(150)
    expect(moment(Date.parse('2026-10-25T01:30:00Z')).minutes).toBe(150)
    expect(moment(Date.parse('2026-10-25T12:00:00Z')).minutes).toBe(780)
  })

  test('is written as the server names starts', () => {
    expect(localStart(MONDAY, 17 * 60 + 5)).toBe('2026-11-23T17:05')
    expect(localStart(MONDAY, -60)).toBe('2026-11-22T23:00')
    expect(localStart(MONDAY, 1440 + 1)).toBe('2026-11-24T00:01')
    expect(clock(65.5)).toBe('01:05')
    expect(orderedStart('bp-1@2026-11-23T05:30:00')).toBe('2026-11-23T05:30')
  })
})

describe('a plan', () => {
  test('knows where a moved event was ordered', () => {
    const moved = anEvent('2026-11-24T17:10', { occurrence: 'bp-1@2026-11-24T17:00:00' })

    expect(orderedMinutes(aPlan([[moved]]), 0)).toBe(1440 + 17 * 60)
  })

  test('gives an event without a slot the length of what is played', () => {
    expect(slotMinutes(anEvent('2026-11-24T17:10'))).toBe(15)
    expect(slotMinutes(anEvent('2026-11-24T17:10', { slot_ms: 1_800_000 }))).toBe(30)
  })
})

describe('the list', () => {
  const late = anEvent('2026-11-24T17:00')
  const early = anEvent('2026-11-23T05:30')
  const own = anEvent('2026-11-23T06:00')

  test('holds every event once, with all rows it is heard in', () => {
    const { days } = listed(aPlan([[late, early], [early, own]], [0, 1, 0]), 100)

    expect(days[0]).toEqual([
      { event: 1, rows: [0, 1, 2] },
      { event: 2, rows: [1] },
    ])
    expect(days[1]).toEqual([{ event: 0, rows: [0, 2] }])
  })

  test('says how many more there are than it shows', () => {
    expect(listed(aPlan([[late, early, own]]), 2).left).toBe(1)
  })

  test('leaves out events of lines nobody stands on', () => {
    expect(listed(aPlan([[late], [own]], [0]), 100).days.flat()).toHaveLength(1)
  })
})

describe('ranges', () => {
  test('are a day, the week from Monday, the month', () => {
    expect(rangeOf('day', '2026-11-29')).toEqual({ from: '2026-11-29', days: 1 })
    expect(rangeOf('week', '2026-11-29')).toEqual({ from: MONDAY, days: 7 })
    expect(rangeOf('month', '2028-02-10')).toEqual({ from: '2028-02-01', days: 29 })
  })

  test('step from one to the next without leaving any out', () => {
    expect(stepped('month', '2026-12-31', 1)).toBe('2027-01-01')
    expect(stepped('month', '2026-03-31', -1)).toBe('2026-02-01')
    expect(stepped('week', MONDAY, -1)).toBe('2026-11-16')
  })

  test('fill the room there is, and scroll rather than become unreadable', () => {
    expect(scaleOf('week', 7, 1401).pxPerDay).toBe(200)
    expect(scaleOf('week', 7, 300).pxPerDay).toBe(140)
  })
})

describe('rows', () => {
  const tops = topsOf([50, 100, 50, 50])

  test('are found by height', () => {
    expect([0, 49, 50, 149, 150, 9999].map((y) => rowAt(tops, y))).toEqual([0, 0, 1, 1, 2, 3])
  })

  test('are drawn only in view, and where the focus is', () => {
    const many = topsOf(Array.from({ length: 100 }, () => 10))

    expect(rowsInView(many, 500, 520, 1)).toEqual([49, 50, 51, 52, 53])
    expect(rowsInView(many, 500, 510, 0, 3)[0]).toBe(3)
    expect(rowsInView(many, 0, 10, 0, 99)).toEqual([0, 1, 99])
    expect(rowsInView([0], 0, 10, 3)).toEqual([])
  })
})

describe('a month', () => {
  const lost = anEvent('2026-11-23T05:30', { outcome: 'silent', class: 'priority' })
  const plan = aPlan([[lost, anEvent('2026-11-24T12:00')]])

  test('is drawn as one path for all marks that look alike', () => {
    expect(strokesOf(plan, 0, 48)).toEqual([
      { look: 'priority lost', path: 'M11 0V20' },
      { look: 'ordinary', path: 'M72 0V12' },
      { look: 'odd', path: 'M11 0V4' },
    ])
  })

  test('is counted day by day for ears', () => {
    expect(countsOf(plan, 0).slice(0, 3)).toEqual([
      { all: 1, lost: 1 },
      { all: 1, lost: 0 },
      { all: 0, lost: 0 },
    ])
  })
})

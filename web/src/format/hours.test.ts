import { expect, test } from 'vitest'

import { fits, isEarly, isLate, outside, permittedOn, windowsInWords } from './hours'

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
const TUESDAY = '2026-11-24'

test('only the windows of the weekday count, in order', () => {
  const windows = [
    { weekdays: EVERY_DAY, start: '16:00', end: '19:30' },
    { weekdays: [2], start: '05:00', end: '08:30' },
    { weekdays: [3], start: '11:00', end: '12:00' },
  ]

  expect(permittedOn(TUESDAY, windows)).toEqual([
    { from: 300, to: 510 },
    { from: 960, to: 1170 },
  ])
})

test('what is not permitted is the rest of the day', () => {
  expect(outside([{ from: 300, to: 1260 }])).toEqual([
    { from: 0, to: 300 },
    { from: 1260, to: 1440 },
  ])
  expect(outside([{ from: 0, to: 1440 }])).toEqual([])
})

test('a play fits only with its whole length', () => {
  const spans = [{ from: 300, to: 1260 }]

  expect(fits('20:59', 60_000, spans)).toBe(true)
  expect(fits('20:59', 61_000, spans)).toBe(false)
  expect(fits('04:59', 1_000, spans)).toBe(false)
})

test('hours at which people sleep stand out', () => {
  expect(isEarly('05:59')).toBe(true)
  expect(isEarly('06:00')).toBe(false)
  expect(isLate('21:00')).toBe(true)
  expect(isLate('20:59')).toBe(false)
})

test('windows that differ only by weekday are named once', () => {
  const windows = [
    { weekdays: [1], start: '05:00', end: '21:00' },
    { weekdays: [2], start: '05:00', end: '21:00' },
  ]

  expect(windowsInWords(windows)).toBe('05:00–21:00')
})

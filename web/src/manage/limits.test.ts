import { describe, expect, test } from 'vitest'

import type { Area } from '../api/generated'
import { capsInWords, capsOf, daysInWords, decidedAt, formOf, volumesOf, windowInWords, windowsOf } from './limits'

const WINDOW = { weekdays: [1, 2, 3, 4, 5], start: '05:00', end: '24:00' }

describe('windows', () => {
  test('are told by days and times', () => {
    expect(windowInWords(WINDOW)).toBe('thứ hai đến thứ sáu: 05:00–24:00')
    expect(windowInWords({ ...WINDOW, percent: 40 })).toBe('thứ hai đến thứ sáu: 05:00–24:00, 40%')
    expect(daysInWords([6, 7])).toBe('thứ bảy, chủ nhật')
    expect(daysInWords([1, 2, 3, 4, 5, 6, 7])).toBe('hằng ngày')
    expect(daysInWords([])).toBe('không ngày nào')
  })

  test('go through the form and come back as they were, midnight as the end of a day', () => {
    const forms = formOf([WINDOW])

    expect(forms[0]?.end).toBe('00:00')
    expect(windowsOf(forms)).toEqual([WINDOW])
    expect(volumesOf(formOf([{ ...WINDOW, percent: 30 }]))).toEqual([{ ...WINDOW, percent: 30 }])
  })

  test('are not sent while a time is missing', () => {
    expect(windowsOf([{ weekdays: [1], start: '05:00', end: '', percent: 0 }])).toBeUndefined()
    expect(windowsOf([])).toEqual([])
  })
})

describe('limits of a day', () => {
  test('an empty field is no limit, what is no whole number is refused', () => {
    const form = { sessions: ' 3 ', session: '', day: '90' }

    expect(capsOf(form)).toEqual({ sessions_per_day: 3, session_min: null, day_min: 90 })
    for (const wrong of ['0', '-1', '1.5', 'ba', '99999']) {
      expect(capsOf({ ...form, session: wrong })).toBeUndefined()
    }
  })

  test('are told one by one, or that there are none', () => {
    expect(capsInWords({ sessions_per_day: 3, session_min: 15, day_min: null })).toEqual([
      'nhiều nhất 3 buổi một ngày',
      'một buổi dài nhất 15 phút',
    ])
    expect(capsInWords({ sessions_per_day: null, session_min: null, day_min: null })).toEqual(['không hạn chế'])
  })
})

test('the nearest place above that decided something is named', () => {
  const area = (id: string, parent: string | null, hours: unknown) => ({ id, parent, own: { hours } }) as Area
  const areas = [area('vn', null, []), area('gl', 'vn', []), area('c1', 'gl', null)]

  expect(decidedAt(areas, 'c1', 'hours')?.id).toBe('gl')
  expect(decidedAt([area('c1', null, null)], 'c1', 'hours')).toBeUndefined()
})

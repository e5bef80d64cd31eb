import { describe, expect, test } from 'vitest'

import { byDay, heardMs, isOdd } from '../timetable/coming'
import { anEvent } from '../timetable/sample'
import type { Coming } from '../timetable/types'
import { dayWordOf } from './day-word'
import { holidayName, lunarInWords, lunarShort } from './lunar'
import { fateInWords, oddHour } from './plan'

const LOSES = { outcome: 'silent', reason: 'overlap', winner_title: 'Thời sự tỉnh' } as const
const at = (local: string) => new Date(`${local}:00+07:00`).toISOString()

describe('what becomes of an occurrence', () => {
  test('needs no words when all of it sounds in time', () => {
    expect(fateInWords(anEvent('2026-11-24T17:00'))).toBeUndefined()
  })

  test('is told with the winner and the new time', () => {
    const later = {
      ...anEvent('2026-11-24T17:10', { ...LOSES, outcome: 'later' }),
      occurrence: 'bp-1@2026-11-24T17:00:00',
    }

    expect(fateInWords(later)).toBe('Nhường «Thời sự tỉnh», phát lúc 17:10.')
  })

  test('tells an interruption from a delay', () => {
    const resumed = anEvent('2026-11-24T17:00', { ...LOSES, outcome: 'later', ends_at: at('2026-11-24T17:40') })

    expect(fateInWords(resumed)).toBe('Ngắt để nhường «Thời sự tỉnh» rồi phát tiếp, xong lúc 17:40.')
  })

  test('names why nothing is heard', () => {
    expect(fateInWords(anEvent('2026-11-24T17:00', LOSES))).toBe('Không phát, nhường «Thời sự tỉnh».')
    for (const reason of ['outside_hours', 'over_sessions', 'over_session_length', 'over_day_length'] as const) {
      expect(fateInWords(anEvent('2026-11-24T17:00', { ...LOSES, reason }))).toMatch(/^Không phát: /)
    }
  })

  test('says how far a part is heard', () => {
    const cut = anEvent('2026-11-24T17:00', { ...LOSES, outcome: 'cut', ends_at: at('2026-11-24T17:05') })

    expect(fateInWords(cut)).toBe('Nhường «Thời sự tỉnh», chỉ phát một phần, từ 17:00 đến 17:05.')
  })
})

test('hours that may wake people are before six and from nine in the evening', () => {
  const found = ['05:59', '06:00', '20:59', '21:00'].map((time) => oddHour(at(`2026-11-24T${time}`)))

  expect(found).toEqual(['early', undefined, undefined, 'late'])
})

describe('lunar dates', () => {
  test('are written as calendars write them', () => {
    expect(lunarInWords({ day: 1, month: 1, leap: false })).toBe('mùng 1 tháng Giêng âm lịch')
    expect(lunarInWords({ day: 23, month: 12, leap: false })).toBe('23 tháng Chạp âm lịch')
    expect(lunarInWords({ day: 16, month: 6, leap: true })).toBe('16 tháng 6 nhuận âm lịch')
    expect(lunarShort({ day: 16, month: 6, leap: true })).toBe('16/6 nhuận')
  })

  test('stand beside holidays by name, known or the area’s own', () => {
    const lunar = { day: 1, month: 1, leap: false }

    expect(holidayName({ date: '2027-02-06', lunar, holiday: 'tet' })).toBe('Tết Nguyên đán')
    expect(holidayName({ date: '2027-02-06', lunar, holiday: 'Hội làng' })).toBe('Hội làng')
    expect(holidayName({ date: '2027-02-06', lunar, holiday: null })).toBeUndefined()
  })
})

test('days are named as people say them', () => {
  expect(dayWordOf('2026-11-24', '2026-11-24')).toBe('hôm nay')
  expect(dayWordOf('2026-11-25', '2026-11-24')).toBe('ngày mai')
  expect(dayWordOf('2026-11-26', '2026-11-24')).toBe('thứ năm 26/11/2026')
})

describe('the coming hours', () => {
  const coming = (local: string, sounds: [string, string][]): Coming => ({
    ...anEvent(local),
    area_name: 'Xã',
    sounds: sounds.map(([begin, end]) => ({ begin: at(begin), end: at(end), offset_ms: 0 })),
    winner: null,
    early: false,
    station_count: 1,
    stations: [],
    where: [],
  })

  test('are in order of what is heard, day by day', () => {
    const moved = coming('2026-11-24T17:00', [['2026-11-24T17:20', '2026-11-24T17:30']])
    const ontime = coming('2026-11-24T17:10', [['2026-11-24T17:10', '2026-11-24T17:20']])
    const next = coming('2026-11-25T05:00', [['2026-11-25T05:00', '2026-11-25T05:10']])

    const days = byDay([next, moved, ontime], 'Asia/Ho_Chi_Minh')

    expect(days.map((each) => each.day)).toEqual(['2026-11-24', '2026-11-25'])
    expect(days[0]?.items).toEqual([ontime, moved])
    expect(isOdd(next)).toBe(true)
  })

  test('leave interruptions out of the length', () => {
    const twice = coming('2026-11-24T17:00', [
      ['2026-11-24T17:00', '2026-11-24T17:05'],
      ['2026-11-24T17:15', '2026-11-24T17:20'],
    ])

    expect(heardMs(twice)).toBe(600_000)
  })
})

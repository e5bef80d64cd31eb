import { expect, test } from 'vitest'

import type { Play } from '../api/types'
import type { Coming } from '../timetable/types'
import { dayEntries, soundings } from './day'

const ZONE = 'Asia/Ho_Chi_Minh'
const DAY = '2026-11-24'

const play = (more: Partial<Play>) =>
  ({
    station: 'one',
    broadcast: 'b1',
    title: 'Tiêm chủng',
    outcome: 'played',
    planned_at: '2026-11-24T10:00:00.000Z',
    difference_ms: 1,
    ...more,
  }) as Play

const coming = (starts_at: string, more: Partial<Coming> = {}) =>
  ({
    broadcast: 'b2',
    title: 'Thời tiết',
    starts_at,
    outcome: 'whole',
    where: ['Xã Phù Cát'],
    ...more,
  }) as Coming

test('plays of one instant are one line that counts who played', () => {
  const lines = soundings([
    play({ difference_ms: -3 }),
    play({ station: 'two', difference_ms: 2 }),
    play({ station: 'three', outcome: 'missed', difference_ms: null }),
  ])

  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({ heard: 2, partly: 0, missed: 1, worstMs: -3, playing: false })
})

test('a day shows what was, then what the timetable says', () => {
  const entries = dayEntries(DAY, ZONE, [play({})], [
    coming('2026-11-24T10:00:00.000Z'),
    coming('2026-11-24T10:00:00.000Z', { broadcast: 'b1' }),
    coming('2026-11-24T12:00:00.000Z'),
    coming('2026-11-24T13:00:00.000Z', { outcome: 'silent' }),
  ])

  expect(entries.map((each) => [each.time, each.broadcast, each.state])).toEqual([
    ['17:00', 'b1', 'past'],
    ['17:00', 'b2', 'coming'],
    ['19:00', 'b2', 'coming'],
  ])
})

test('what is next on another day is not today', () => {
  expect(dayEntries(DAY, ZONE, [], [coming('2026-11-24T22:30:00.000Z')])).toEqual([])
})

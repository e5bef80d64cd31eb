import { expect, test } from 'vitest'

import type { Broadcast, Play } from '../api/types'
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

const daily = (next_at: string | null) =>
  ({
    id: 'b2',
    title: 'Thời tiết',
    when: { mode: 'daily', times: ['05:30', '17:00', '19:00'], from: DAY, until: null },
    next_at,
    stopped_at: null,
    audiences: [{ id: 'a-phu-cat', name: 'Xã Phù Cát' }],
  }) as unknown as Broadcast

test('plays of one instant are one line that counts who played', () => {
  const lines = soundings([
    play({ difference_ms: -3 }),
    play({ station: 'two', difference_ms: 2 }),
    play({ station: 'three', outcome: 'missed', difference_ms: null }),
  ])

  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatchObject({ heard: 2, partly: 0, missed: 1, worstMs: -3, playing: false })
})

test('a day shows what was, then what the server says is next and the rest of a daily rule', () => {
  const entries = dayEntries(DAY, ZONE, [play({})], [daily('2026-11-24T10:00:00.000Z')])

  expect(entries.map((each) => [each.time, each.broadcast, each.state])).toEqual([
    ['17:00', 'b1', 'past'],
    ['17:00', 'b2', 'coming'],
    ['19:00', 'b2', 'coming'],
  ])
})

test('what is next on another day is not today', () => {
  expect(dayEntries(DAY, ZONE, [], [daily('2026-11-24T22:30:00.000Z'), daily(null)])).toEqual([])
})

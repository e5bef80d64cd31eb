import { afterEach, describe, expect, test } from 'vitest'

import { useZone } from '../state/zone.svelte'
import {
  ago,
  dayWord,
  difference,
  exactTimeOf,
  fullDay,
  fullDayOf,
  left,
  length,
  lengthInWords,
  listInWords,
  timeOf,
} from './time'

const NOW = new Date('2026-11-24T10:00:00Z')

afterEach(() => useZone('Asia/Ho_Chi_Minh'))

describe('times', () => {
  test('are told in the zone of the area wherever the browser stands', () => {
    expect(timeOf('2026-11-24T10:00:00Z')).toBe('17:00')
    useZone('Asia/Tokyo')
    expect(timeOf('2026-11-24T10:00:00Z')).toBe('19:00')
  })

  test('show milliseconds where they prove something', () => {
    expect(exactTimeOf('2026-11-24T10:00:00.007Z')).toBe('17:00:00,007')
  })

  test('name the day as people say it', () => {
    expect(fullDay('2026-11-24T10:00:00Z')).toBe('thứ ba 24/11/2026')
    expect(fullDayOf('2026-11-25')).toBe('thứ tư 25/11/2026')
  })

  test('turn the day at midnight of the area', () => {
    expect(dayWord('2026-11-24T16:59:59Z', NOW)).toBe('hôm nay')
    expect(dayWord('2026-11-24T17:00:00Z', NOW)).toBe('ngày mai')
    expect(dayWord('2026-11-23T16:00:00Z', NOW)).toBe('hôm qua')
    expect(dayWord('2026-12-31T10:00:00Z', NOW)).toBe('31/12/2026')
  })
})

describe('distances', () => {
  test('grow coarser the longer they are', () => {
    expect(ago('2026-11-24T09:59:40Z', NOW)).toBe('vừa xong')
    expect(ago('2026-11-24T09:13:00Z', NOW)).toBe('47 phút trước')
    expect(ago('2026-11-23T10:00:00Z', NOW)).toBe('24 giờ trước')
    expect(ago('2026-11-20T10:00:00Z', NOW)).toBe('4 ngày trước')
    expect(left('2026-11-24T10:00:15Z', NOW)).toBe('còn 15 giây')
    expect(left('2026-11-24T20:25:00Z', NOW)).toBe('còn 10 giờ 25 phút')
    expect(left('2026-11-24T09:59:59Z', NOW)).toBe('sắp phát')
  })

  test('between planned and actual say which came first', () => {
    expect(difference(-0.8)).toBe('sớm 0,8 ms')
    expect(difference(12.3)).toBe('chậm 12 ms')
    expect(difference(-0.009)).toBe('không lệch')
    expect(difference(83_400)).toBe('chậm 83,4 giây')
  })
})

describe('lengths and lists', () => {
  test('are words in sentences and figures in players', () => {
    expect(lengthInWords(5_120)).toBe('5 giây')
    expect(lengthInWords(94_000)).toBe('1 phút 34 giây')
    expect(lengthInWords(60_000)).toBe('1 phút')
    expect(length(94_000)).toBe('1:34')
  })

  test('join the last with «và»', () => {
    expect(listInWords(['05:30'])).toBe('05:30')
    expect(listInWords(['05:30', '11:00', '17:00'])).toBe('05:30, 11:00 và 17:00')
  })
})

import { expect, test } from 'vitest'

import { timeTyped } from './clock-text'
import { csv } from './csv'
import { placesInWords, within } from './name'
import { sentence, stationSentence } from './problem'
import { countsInWords, outcomeOf } from './sounding'
import { titleOf } from './title'
import { freshWish, whenOf } from './wish'

test('the title of a file is its name as a person would write it', () => {
  expect(titleOf('lich_tiem_chung  thang 12.mp3')).toBe('Lich tiem chung thang 12')
  expect(titleOf('Thông báo số 1.v2.m4a')).toBe('Thông báo số 1.v2')
})

test('the kind of a place is small inside a sentence and its name is not', () => {
  expect(within('Xã Phù Cát')).toBe('xã Phù Cát')
  expect(within('Xãnh')).toBe('Xãnh')
  expect(placesInWords(['Xã Phù Cát', 'Cụm loa Chợ'])).toBe('Xã Phù Cát và cụm loa Chợ')
})

test('permitted hours stand in the sentence that refuses', () => {
  const windows = [{ weekdays: [1], start: '05:00', end: '21:00' }]

  expect(sentence('outside_permitted_hours', { area: 'Phù Cát', windows })).toContain(
    'Phù Cát: 05:00–21:00',
  )
})

test('a code nobody knows is still told', () => {
  expect(sentence('moon_eclipse')).toContain('moon_eclipse')
})

test('a full disk of a station is not the server’s', () => {
  expect(stationSentence('disk_full')).toContain('Thẻ nhớ')
  expect(sentence('disk_full')).toContain('Máy chủ')
})

test('a table keeps commas, quotes and would-be formulas as text', () => {
  const table = csv([['a,b', 'say "x"', '=1+1', -0.8, null]])

  expect(table).toBe('\uFEFF"a,b","say ""x""",\'=1+1,-0.8,\r\n')
})

test('the form opens at the next half hour and orders nothing by itself', () => {
  const wish = freshWish('2026-11-24', '16:42')

  expect(wish.time).toBe('17:00')
  expect(whenOf(wish)).toEqual({ mode: 'now' })
})

test('a time is understood as people type it, and never as afternoon by accident', () => {
  expect(['17:30', '1730', '17h30', '5h', '5', '05.30', '530'].map(timeTyped)).toEqual([
    '17:30',
    '17:30',
    '17:30',
    '05:00',
    '05:00',
    '05:30',
    '05:30',
  ])
  expect(['24:00', '12:60', '5 PM', 'sáng', ''].map(timeTyped)).toEqual(Array(5).fill(undefined))
})

test('a part that was heard is not called silence', () => {
  const counts = { heard: 0, partly: 3, missed: 0 }

  expect(outcomeOf(counts, false)).toEqual({ tone: 'warn', text: 'phát một phần' })
  expect(countsInWords(counts, false)).toBe('3 cụm loa phát một phần.')
  expect(outcomeOf({ heard: 0, partly: 0, missed: 2 }, false).text).toBe('không phát')
})

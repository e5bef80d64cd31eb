import { expect, test } from 'vitest'

import type { RuleWhen } from '../api/types'
import { ruleInWords } from './rule'
import { freshWish, whenOf, type RuleWish } from './wish'

function rule(change: Partial<RuleWish>): RuleWhen {
  const wish = freshWish('2026-11-23', '08:00')
  wish.mode = 'rule'
  Object.assign(wish.rule, change)
  const when = whenOf(wish)
  if (when?.mode !== 'rule') throw new Error('nothing was asked for')
  return when
}

test('a rule is told as one would tell it', () => {
  expect(ruleInWords(rule({ times: ['17:00', '05:30'] }))).toBe('hằng ngày lúc 05:30 và 17:00')
  expect(ruleInWords(rule({ repeats: 'week', weekdays: [5, 1, 3] }))).toBe(
    'thứ hai, thứ tư và thứ sáu hằng tuần lúc 17:00',
  )
  expect(ruleInWords(rule({ repeats: 'week', every: 2, weekdays: [7] }))).toBe(
    '2 tuần một lần vào chủ nhật lúc 17:00',
  )
  expect(ruleInWords(rule({ repeats: 'month_nth', nthWeek: -1, nthWeekday: 6 }))).toBe(
    'thứ bảy cuối cùng hằng tháng lúc 17:00',
  )
  expect(ruleInWords(rule({ repeats: 'month_date', monthDay: -1 }))).toBe(
    'ngày cuối tháng hằng tháng lúc 17:00',
  )
})

test('what holidays do to a rule is part of the sentence', () => {
  expect(ruleInWords(rule({ policy: 'not_on', holidays: ['tet', 'labour'] }))).toBe(
    'hằng ngày lúc 17:00, trừ Tết Nguyên đán và Quốc tế Lao động 1/5',
  )
  expect(
    ruleInWords(rule({ policy: 'other_times', holidays: ['tet'], holidayTimes: ['07:30'] })),
  ).toBe('hằng ngày lúc 17:00, riêng Tết Nguyên đán lúc 07:30')
})

test('a weekly rule without a weekday is not yet a wish', () => {
  const wish = freshWish('2026-11-23', '08:00')
  wish.mode = 'rule'
  wish.rule.repeats = 'week'

  expect(whenOf(wish)).toBeUndefined()

  wish.rule.weekdays = [2]
  expect(whenOf(wish)).toMatchObject({ repeat: { unit: 'week', weekdays: [2] } })
})

test('times are sorted, without doubles, and there must be one', () => {
  expect(rule({ times: ['17:00', '', '05:30', '17:00'] })).toMatchObject({ times: ['05:30', '17:00'] })

  const wish = freshWish('2026-11-23', '08:00')
  wish.mode = 'rule'
  wish.rule.times = ['']

  expect(whenOf(wish)).toBeUndefined()
})

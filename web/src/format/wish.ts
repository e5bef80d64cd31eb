import type { HolidayName, HolidayPolicy, RuleWhen, WishedWhen } from '../api/types'
import { minutesOf } from './wall'

export const REPEATS = ['day', 'week', 'month_date', 'month_nth'] as const
export type Repeats = (typeof REPEATS)[number]

/** How a rule repeats, as the form holds it: what a form cannot say cannot be promised either. */
export interface RuleWish {
  times: string[]
  from: string
  until: string
  repeats: Repeats
  every: number
  /** 1 Monday .. 7 Sunday. */
  weekdays: number[]
  /** 1 .. 31, or -1 for the last. */
  monthDay: number
  /** Which of the month's weekdays: 1 .. 5, or -1 for the last. */
  nthWeek: number
  nthWeekday: number
  /** Added single starts, 2026-12-24T07:00. */
  extra: string[]
  /** Left out days or single starts. */
  leftOut: string[]
  policy: HolidayPolicy
  holidays: HolidayName[]
  holidayTimes: string[]
}

/** When a broadcast shall sound, as the form holds it. */
export interface Wish {
  mode: 'now' | 'at' | 'rule'
  date: string
  time: string
  rule: RuleWish
}

const STEP = 30
const AHEAD = 10
export const HOLIDAYS: HolidayName[] = [
  'new_year',
  'tet',
  'hung_kings',
  'reunification',
  'labour',
  'national',
  'own',
]

/** The form as it opens: the next half hour, today. */
export function freshWish(day: string, time: string): Wish {
  const next = Math.min(Math.ceil((minutesOf(time) + AHEAD) / STEP) * STEP, 23 * 60 + STEP)
  const soon = `${String(Math.floor(next / 60)).padStart(2, '0')}:${String(next % 60).padStart(2, '0')}`
  return { mode: 'now', date: day, time: soon, rule: freshRule(day) }
}

function freshRule(day: string): RuleWish {
  return {
    times: ['17:00'],
    from: day,
    until: '',
    repeats: 'day',
    every: 1,
    weekdays: [],
    monthDay: Number(day.slice(8, 10)) || 1,
    nthWeek: 1,
    nthWeekday: 1,
    extra: [],
    leftOut: [],
    policy: 'as_usual',
    holidays: [...HOLIDAYS],
    holidayTimes: [],
  }
}

/** The wish as the server takes it, or nothing while something is missing. */
export function whenOf(wish: Wish): Exclude<WishedWhen, { mode: 'rule' }> | RuleWhen | undefined {
  if (wish.mode === 'now') return { mode: 'now' }
  if (wish.mode === 'at') {
    return wish.date && wish.time ? { mode: 'at', start: `${wish.date}T${wish.time}` } : undefined
  }
  return ruleOf(wish.rule)
}

export type Missing = 'when' | 'weekdays' | 'holidays' | 'holiday_times'

/** What a wish that the server cannot take yet lacks. */
export function missingIn({ mode, rule }: Wish): Missing {
  if (mode !== 'rule' || !sorted(rule.times).length || !rule.from) return 'when'
  if (rule.repeats === 'week' && !rule.weekdays.length) return 'weekdays'
  if (rule.policy !== 'as_usual' && !rule.holidays.length) return 'holidays'
  return 'holiday_times'
}

function ruleOf(rule: RuleWish): RuleWhen | undefined {
  const times = sorted(rule.times)
  const weekly = rule.repeats === 'week'
  if (!times.length || !rule.from || (weekly && !rule.weekdays.length)) return undefined
  const asUsual = rule.policy === 'as_usual'
  const holidayTimes = rule.policy === 'other_times' ? sorted(rule.holidayTimes) : []
  if (!asUsual && !rule.holidays.length) return undefined
  if (rule.policy === 'other_times' && !holidayTimes.length) return undefined
  return {
    mode: 'rule',
    times,
    from: rule.from,
    until: rule.until || null,
    repeat: {
      every: rule.every,
      unit: rule.repeats === 'day' ? 'day' : weekly ? 'week' : 'month',
      weekdays: weekly ? [...rule.weekdays].sort() : null,
      month_day: rule.repeats === 'month_date' ? rule.monthDay : null,
      nth: rule.repeats === 'month_nth' ? { week: rule.nthWeek, weekday: rule.nthWeekday } : null,
    },
    extra: sorted(rule.extra),
    left_out: sorted(rule.leftOut),
    holidays: {
      policy: rule.policy,
      days: asUsual ? [] : HOLIDAYS.filter((name) => rule.holidays.includes(name)),
      times: holidayTimes,
    },
  }
}

function sorted(texts: string[]): string[] {
  return [...new Set(texts.filter(Boolean))].sort()
}

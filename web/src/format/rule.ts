import type { RuleWhen } from '../api/types'
import { t } from '../i18n/index.svelte'
import { fullDayOf, listInWords } from './time'
import { HOLIDAYS } from './wish'

const ALL_WEEK = 7

/** What a rule says, in one sentence: days, times, bounds and what holidays do to it. */
export function ruleInWords(rule: RuleWhen): string {
  const times = listInWords(rule.times.map(minute))
  const parts = [t('rule.at', { days: daysInWords(rule), times })]
  if (rule.until) parts.push(t('broadcasts.until', { day: fullDayOf(rule.until) }))
  parts.push(...holidaysInWords(rule))
  if (rule.left_out.length) parts.push(t('rule.left_out', { days: listInWords(rule.left_out.map(startInWords)) }))
  if (rule.extra.length) parts.push(t('rule.extra', { starts: listInWords(rule.extra.map(startInWords)) }))
  return parts.join(', ')
}

export function weekdayName(weekday: number): string {
  return t(`weekday.${weekday as 1 | 2 | 3 | 4 | 5 | 6 | 7}`)
}

/** 2026-12-24T07:00 or 2026-12-24, as people say it. */
export function startInWords(start: string): string {
  const [day = '', time] = start.split('T')
  return time ? t('time.at_day', { time: minute(time), day: fullDayOf(day) }) : fullDayOf(day)
}

function daysInWords({ repeat }: RuleWhen): string {
  const n = repeat.every
  if (repeat.unit === 'day') return n === 1 ? t('rule.daily') : t('rule.every_days', { n })
  if (repeat.unit === 'week') {
    const weekdays = repeat.weekdays ?? []
    if (n === 1 && weekdays.length === ALL_WEEK) return t('rule.daily')
    const days = listInWords(weekdays.map(weekdayName))
    return n === 1 ? t('rule.weekly', { days }) : t('rule.every_weeks', { n, days })
  }
  const day = repeat.nth ? nthInWords(repeat.nth.week, repeat.nth.weekday) : dateInWords(repeat.month_day ?? 1)
  return n === 1 ? t('rule.monthly', { day }) : t('rule.every_months', { n, day })
}

export function dateInWords(day: number): string {
  return day === -1 ? t('rule.last_day') : t('rule.date', { day })
}

export function nthInWords(week: number, weekday: number): string {
  return t(`rule.nth.${String(week) as '1' | '2' | '3' | '4' | '5' | '-1'}`, { day: weekdayName(weekday) })
}

function holidaysInWords({ holidays }: RuleWhen): string[] {
  if (holidays.policy === 'as_usual') return []
  const all = HOLIDAYS.every((name) => holidays.days.includes(name))
  const days = all ? t('holiday.all') : listInWords(holidays.days.map((name) => t(`holiday.${name}`)))
  const times = listInWords(holidays.times.map(minute))
  return [t(`rule.${holidays.policy}`, { days, times })]
}

function minute(time: string): string {
  return time.slice(0, 5)
}

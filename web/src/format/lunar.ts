import { isKey, t } from '../i18n/index.svelte'
import type { Day, Lunar } from '../timetable/types'

const FIRST_DAYS = 10
const FIRST_MONTH = 1
const LAST_MONTH = 12

/** 16/10 as calendars on the wall print it under the solar date. */
export function lunarShort(lunar: Lunar): string {
  const month = lunar.leap ? t('timetable.lunar_leap_short', { month: lunar.month }) : lunar.month
  return `${lunar.day}/${month}`
}

/** mùng 1 tháng Giêng âm lịch */
export function lunarInWords(lunar: Lunar): string {
  const day = lunar.day <= FIRST_DAYS ? t('timetable.lunar_first', { day: lunar.day }) : String(lunar.day)
  const month = lunar.leap
    ? t('timetable.lunar_leap', { month: monthName(lunar.month) })
    : monthName(lunar.month)
  return t('timetable.lunar', { day, month })
}

function monthName(month: number): string {
  if (month === FIRST_MONTH) return t('timetable.lunar_month_first')
  if (month === LAST_MONTH) return t('timetable.lunar_month_last')
  return String(month)
}

/** The name of a day that is no ordinary one, if it has one. */
export function holidayName(day: Day): string | undefined {
  if (!day.holiday) return undefined
  const key = `holiday.${day.holiday}`
  return isKey(key) ? t(key) : day.holiday
}

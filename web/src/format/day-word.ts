import { t } from '../i18n/index.svelte'
import { fullDayOf } from './time'
import { dayAfter } from './wall'

/** hôm nay, ngày mai or thứ tư 25/11/2026, of days without an hour. */
export function dayWordOf(day: string, today: string): string {
  if (day === today) return t('time.today')
  return day === dayAfter(today, 1) ? t('time.tomorrow') : fullDayOf(day)
}

/** 24/11 */
export function dayMonth(day: string): string {
  return `${day.slice(8)}/${day.slice(5, 7)}`
}

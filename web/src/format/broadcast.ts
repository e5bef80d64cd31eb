import type { Broadcast } from '../api/types'
import { t } from '../i18n/index.svelte'
import { placesInWords } from './name'
import { fullDayOf, listInWords } from './time'

/** When a broadcast was ordered to sound: once at a time, or daily at some times. */
export function whenInWords(broadcast: Broadcast): string {
  const { when } = broadcast
  if (when.mode === 'at') {
    const [day = '', time = ''] = when.start.split('T')
    return t('time.at_day', { time: time.slice(0, 5), day: fullDayOf(day) })
  }
  const times = listInWords(when.times.map((time) => time.slice(0, 5)))
  const daily = t('broadcasts.when_daily', { times })
  return when.until ? `${daily}, ${t('broadcasts.until', { day: fullDayOf(when.until) })}` : daily
}

export function whereInWords(broadcast: Broadcast): string {
  return placesInWords(broadcast.audiences.map((audience) => audience.name))
}

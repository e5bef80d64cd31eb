import type { Broadcast } from '../api/types'
import { t } from '../i18n/index.svelte'
import { placesInWords } from './name'
import { ruleInWords } from './rule'
import { fullDayOf } from './time'

/** When a broadcast was ordered to sound: once at a time, or by a rule. */
export function whenInWords(broadcast: Broadcast): string {
  const { when } = broadcast
  if (when.mode === 'at') {
    const [day = '', time = ''] = when.start.split('T')
    return t('time.at_day', { time: time.slice(0, 5), day: fullDayOf(day) })
  }
  return ruleInWords(when)
}

export function whereInWords(broadcast: Broadcast): string {
  return placesInWords(broadcast.audiences.map((audience) => audience.name))
}

/** What it does when it cannot begin in time. */
export function lateInWords({ policy, slip_min }: Broadcast['late']): string {
  const name = t(`send.late.${policy}`)
  return policy === 'slip' || policy === 'resume' ? t('broadcast.late_by', { name, n: slip_min }) : name
}

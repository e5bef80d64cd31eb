import type { Station } from '../api/types'
import { t } from '../i18n/index.svelte'
import { stationSentence } from './problem'

/** What somebody should look at, the gravest first; empty when all is well. */
export function worries(station: Station): string[] {
  const found: string[] = []
  if (station.status !== 'online') found.push(t(`status.${station.status}_detail`))
  found.push(...station.conditions.map((condition) => stationSentence(condition)))
  if (station.clock === 'untrusted' && !station.conditions.includes('clock_untrusted')) {
    found.push(t('clock.untrusted_detail'))
  }
  return [...new Set(found)]
}

/** Whether somebody should look at it first; one without a device yet only waits. */
export function needsLook(station: Station): boolean {
  return station.status !== 'never' && worries(station).length > 0
}

export function clockInWords(station: Station): string {
  return t(station.clock === null ? 'clock.unknown' : `clock.${station.clock}`)
}

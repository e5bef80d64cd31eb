import type { Conflict } from '../api/types'
import { t } from '../i18n/index.svelte'
import { lengthInWords, timeAndDay, timeOf } from './time'

/** What becomes of the weaker of two broadcasts that meet, in one sentence. */
export function conflictInWords(conflict: Conflict, now: Date): string {
  const facts = {
    when: timeAndDay(conflict.starts_at, now),
    winner: titled(conflict.winner),
    loser: titled(conflict.loser),
    n: conflict.station_count,
    lost: conflict.lost_ms ? lengthInWords(conflict.lost_ms) : '',
    time: conflict.new_start_at ? timeOf(conflict.new_start_at) : '',
  }
  if (conflict.outcome === 'silent') return t('conflict.silent', facts)
  if (conflict.outcome === 'later' && conflict.new_start_at) return t('conflict.later', facts)
  if (conflict.outcome === 'later') return t('conflict.interrupted', facts)
  return t('conflict.cut', facts)
}

function titled(side: Conflict['winner']): string {
  if (side.broadcast === null) return t('conflict.this')
  return t('conflict.titled', { title: side.title, area: side.area_name })
}

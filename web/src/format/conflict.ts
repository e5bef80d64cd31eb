import type { Conflict } from '../api/types'
import { t } from '../i18n/index.svelte'
import { lengthInWords, timeAndDay, timeOf } from './time'

/** What becomes of the weaker of two broadcasts that meet, in one sentence; `own` is the one looked at. */
export function conflictInWords(conflict: Conflict, now: Date, own: string | null = null): string {
  const facts = {
    when: timeAndDay(conflict.starts_at, now),
    winner: titled(conflict.winner, own),
    loser: titled(conflict.loser, own),
    n: conflict.station_count,
    lost: conflict.lost_ms ? lengthInWords(conflict.lost_ms) : '',
    time: conflict.new_start_at ? timeOf(conflict.new_start_at) : '',
  }
  if (conflict.outcome === 'silent') return t('conflict.silent', facts)
  if (conflict.outcome === 'later' && conflict.new_start_at) return t('conflict.later', facts)
  if (conflict.outcome === 'later') return t('conflict.interrupted', facts)
  return t('conflict.cut', facts)
}

function titled(side: Conflict['winner'], own: string | null): string {
  if (side.broadcast === own) return t('conflict.this')
  return t('conflict.titled', { title: side.title, area: side.area_name })
}

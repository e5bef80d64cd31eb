import type { ProgressRow, Step } from '../api/types'
import { t } from '../i18n/index.svelte'

const TROUBLE: Step[] = ['partly', 'missed', 'refused']
const WAY: Step[] = ['waiting', 'received', 'fetched', 'playing', 'played']

/** How far the whole has come, in one or two sentences for eyes and ears. */
export function progressInWords(rows: ProgressRow[]): string {
  if (rows.length === 0) return ''
  const trouble = rows.filter((row) => TROUBLE.includes(row.step)).length
  const told = trouble === rows.length ? '' : furthestInWords(rows)
  return [told, trouble ? t('broadcast.count_trouble', { n: trouble }) : ''].filter(Boolean).join(' ')
}

function furthestInWords(rows: ProgressRow[]): string {
  const furthest = Math.max(...rows.map((row) => WAY.indexOf(row.step)))
  const n = rows.filter((row) => WAY.indexOf(row.step) >= furthest).length
  const counts = { n, all: rows.length }
  switch (WAY[furthest]) {
    case 'played':
      return t('broadcast.count_played', counts)
    case 'playing':
      return t('broadcast.count_playing', counts)
    case 'fetched':
      return t('broadcast.count_fetched', counts)
    case 'received':
      return t('broadcast.count_received', counts)
    default:
      return t('broadcast.count_waiting', { n: rows.length })
  }
}

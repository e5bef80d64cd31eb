import type { Tone } from '../components/tones'
import { t } from '../i18n/index.svelte'
import type { DayEntry, Sounding } from './day'

type Counts = Pick<Sounding, 'heard' | 'partly' | 'missed'>

/** How it went over all stations, in a word and its colour. */
export function outcomeOf(counts: Counts, playing: boolean): { tone: Tone; text: string } {
  if (playing) return { tone: 'ember', text: t('step.playing') }
  if (counts.partly + counts.missed === 0) return { tone: 'good', text: t('step.played') }
  if (counts.heard > 0) return { tone: 'warn', text: t('home.some_trouble') }
  return counts.partly > 0
    ? { tone: 'warn', text: t('step.partly') }
    : { tone: 'bad', text: t('step.missed') }
}

/** How many stations played it, and how many did not or not all of it. */
export function countsInWords(counts: Counts, playing: boolean): string {
  const { heard, partly, missed } = counts
  const facts = { n: heard, all: heard + partly + missed }
  return [
    heard > 0 ? t(playing ? 'broadcast.count_playing' : 'broadcast.count_played', facts) : '',
    partly > 0 ? t('home.count_partly', { n: partly }) : '',
    missed > 0 ? t('home.count_missed', { n: missed }) : '',
  ]
    .filter(Boolean)
    .join(' ')
}

/** The same for one line of a day, which may still be to come. */
export function stateOf(entry: DayEntry): { tone: Tone; text: string } {
  if (entry.state === 'coming') return { tone: 'leaf', text: t('home.day_coming') }
  return outcomeOf(entry, entry.state === 'playing')
}

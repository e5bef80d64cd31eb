import { Problem } from '../api/problem'
import type { Broadcast } from '../api/types'
import { t } from '../i18n/index.svelte'
import { isEarly, isLate } from './hours'
import { problemInWords } from './problem'
import { timeAndDay } from './time'

/** Why a decision was not taken; where somebody else was faster, who that was and what they said. */
export function undecidedInWords(problem: Problem, now: Date): string {
  const { by, state, at } = problem.facts
  if (problem.code !== 'already_decided' || !by) return problemInWords(problem)
  const when = typeof at === 'string' ? timeAndDay(at, now) : ''
  return t(state === 'approved' ? 'approvals.faster_approved' : 'approvals.faster_refused', {
    name: String(by),
    when,
  })
}

/** Times of day at which it was ordered to sound and most people sleep or rest. */
export function oddTimes({ when, at_once }: Broadcast): string[] {
  if (at_once) return []
  const times = when.mode === 'at' ? [when.start.slice(11, 16)] : when.times.map((time) => time.slice(0, 5))
  const added = when.mode === 'rule' ? when.extra.map((start) => start.slice(11, 16)) : []
  return [...new Set([...times, ...added])].filter((time) => isEarly(time) || isLate(time)).sort()
}

import type { Problem } from '../api/problem'
import type { Window } from '../api/types'
import type { Facts } from '../i18n/fill'
import { isKey, t } from '../i18n/index.svelte'
import { windowsInWords } from './hours'
import { within } from './name'

/** The sentence for a code of the server or of a station: what is wrong and what to do next. */
export function sentence(code: string, facts: Facts = {}): string {
  if (!isKey(code)) return t('unknown_code', { code })
  const windows = facts['windows']
  const told = Array.isArray(windows) ? windowsInWords(windows as Window[]) : windows
  const area = facts['area']
  return t(code, { ...facts, windows: told, area: typeof area === 'string' ? within(area) : area })
}

/** The sentence for a code a station wrote down: its full disk is not the server's. */
export function stationSentence(code: string): string {
  return sentence(isKey(`at_station_${code}`) ? `at_station_${code}` : code)
}

export function problemInWords(problem: Problem): string {
  const code = problem.facts['code']
  return problem.code === 'unknown_code' && typeof code === 'string'
    ? sentence(code, problem.facts)
    : sentence(problem.code, problem.facts)
}

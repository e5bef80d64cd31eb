import { readCookie, writeCookie } from './cookies'

export const THEMES = ['auto', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const COOKIE = 'loa_theme'

let theme = $state<Theme>('auto')

export function currentTheme(): Theme {
  return theme
}

export function wear(wanted: Theme): void {
  theme = wanted
  if (wanted === 'auto') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = wanted
  writeCookie(COOKIE, wanted)
}

export function wearAsChosen(): void {
  const chosen = readCookie(COOKIE)
  if (chosen === 'light' || chosen === 'dark') wear(chosen)
}

import { readCookie, writeCookie } from '../state/cookies'
import { fill, type Facts } from './fill'
import { vi, type Catalogue, type Key } from './vi'

export type { Key } from './vi'
export type Language = 'vi' | 'en'

const COOKIE = 'loa_lang'

let language = $state<Language>('vi')
let catalogue = $state.raw<Catalogue>(vi)

export function t(key: Key, facts?: Facts): string {
  return fill(catalogue[key], facts)
}

export function isKey(text: string): text is Key {
  return Object.hasOwn(vi, text)
}

export function currentLanguage(): Language {
  return language
}

/** The language of dates and numbers. */
export function locale(): string {
  return language === 'vi' ? 'vi-VN' : 'en-GB'
}

/** Changes every word on screen at once; English words travel only when they are asked for. */
export async function speak(wanted: Language): Promise<void> {
  catalogue = wanted === 'vi' ? vi : (await import('./en')).en
  language = wanted
  document.documentElement.lang = wanted
  writeCookie(COOKIE, wanted)
}

export async function speakAsChosen(): Promise<void> {
  if (readCookie(COOKIE) === 'en') await speak('en')
}

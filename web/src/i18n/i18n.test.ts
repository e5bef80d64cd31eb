import { describe, expect, test } from 'vitest'

import { en } from './en'
import { fill } from './fill'
import { vi } from './vi'

const places = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]))].sort()

describe('the two catalogues', () => {
  test('have the same keys in the same order', () => {
    expect(Object.keys(en)).toEqual(Object.keys(vi))
  })

  test('name the same facts in every sentence', () => {
    for (const key of Object.keys(vi) as (keyof typeof vi)[]) {
      expect(places(en[key]), key).toEqual(places(vi[key]))
    }
  })

  test('leave no sentence empty', () => {
    expect(Object.values({ ...vi, ...en }).filter((text) => !text.trim())).toEqual([])
  })
})

describe('fill', () => {
  test('puts facts in their places', () => {
    expect(fill('{n} trên {all}', { n: 1, all: 3 })).toBe('1 trên 3')
  })

  test('chooses the word for one and for many', () => {
    expect(fill('{n} {n|station|stations}', { n: 1 })).toBe('1 station')
    expect(fill('{n} {n|station|stations}', { n: 2 })).toBe('2 stations')
  })

  test('leaves a place whose fact is missing', () => {
    expect(fill('{area}: {windows}', { area: 'Phù Cát' })).toBe('Phù Cát: {windows}')
  })
})

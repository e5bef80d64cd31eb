import { describe, expect, test } from 'vitest'

import type { Account, Area } from '../api/types'
import { liesIn, may, placesFor, topsOf } from './deeds'

const area = (id: string, parent: string | null): Area => ({ id, parent, name: id }) as Area
const AREAS = [area('vn', null), area('gl', 'vn'), area('c1', 'gl'), area('h1', 'c1')]
const account = (deeds: Account['deeds']): Account => ({ deeds }) as Account

describe('rights', () => {
  test('reach down from the place they are held at, never up or aside', () => {
    const admin = account({ manage_areas: ['c1'] })

    expect(placesFor(admin, 'manage_areas', AREAS).map((each) => each.id)).toEqual(['c1', 'h1'])
    expect(may(admin, 'manage_areas', AREAS, 'gl')).toBe(false)
    expect(may(admin, 'manage_people', AREAS, 'c1')).toBe(false)
    expect(may(undefined, 'see', AREAS, 'c1')).toBe(false)
  })

  test('end even where the list of areas is circular', () => {
    const circle = [area('a', 'b'), area('b', 'a')]

    expect(liesIn('a', ['c'], circle)).toBe(false)
    expect(topsOf(['a'], circle)).toEqual([])
  })
})

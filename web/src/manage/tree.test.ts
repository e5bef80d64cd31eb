import { describe, expect, test } from 'vitest'

import type { Area } from '../api/generated'
import { flat, grown, matches, pathOf } from './tree'

const area = (id: string, parent: string | null, name = id): Area => ({ id, parent, name }) as Area
const AREAS = [
  area('vn', null),
  area('gl', 'vn'),
  area('c2', 'gl', 'Xã 10'),
  area('c1', 'gl', 'Xã 9'),
  area('h1', 'c1'),
]

describe('the tree', () => {
  test('stands in order of names, numbers as numbers, children under their parent', () => {
    expect(flat(grown(AREAS)).map((each) => [each.area.id, each.depth])).toEqual([
      ['vn', 0],
      ['gl', 1],
      ['c1', 2],
      ['h1', 3],
      ['c2', 2],
    ])
  })

  test('begins anew where what stands above is out of sight', () => {
    expect(grown([area('c1', 'gl'), area('h1', 'c1')]).map((each) => each.area.id)).toEqual(['c1'])
  })

  test('a path leads up, and ends even where the list is circular', () => {
    expect(pathOf(AREAS, 'h1').map((each) => each.id)).toEqual(['h1', 'c1', 'gl', 'vn'])
    expect(pathOf([area('a', 'b'), area('b', 'a')], 'a').map((each) => each.id)).toEqual(['a', 'b'])
    expect(pathOf(AREAS, 'unknown')).toEqual([])
  })
})

describe('looking for a name', () => {
  test('finds it without marks, and with marks only the right one', () => {
    expect(matches('Xã Phù Cát', 'phu cat')).toBe(true)
    expect(matches('Xã Phú Cát', 'phù cát')).toBe(false)
    expect(matches('Phường Đống Đa', 'dong da')).toBe(true)
    expect(matches('Xã Phù Cát 21853', 'cát 218')).toBe(true)
    expect(matches('Xã Phù Cát', '')).toBe(true)
  })
})

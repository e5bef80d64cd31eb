import { expect, test } from 'vitest'

import type { Area } from '../api/types'
import { liesIn, topsOf } from './deeds'
import { mayShare, targets } from './sharing'

const area = (id: string, parent: string | null, kind: Area['kind']) => ({ id, parent, kind, name: id }) as Area
const AREAS = [
  area('vn', null, 'country'),
  area('gia-lai', 'vn', 'province'),
  area('phu-cat', 'gia-lai', 'commune'),
  area('tuy-phuoc', 'gia-lai', 'commune'),
  area('an-hoa', 'phu-cat', 'hamlet'),
]

test('a province hands down to its communes, not to their hamlets', () => {
  const held = ['gia-lai', 'phu-cat']

  expect(targets(AREAS, held).map((each) => [each.area.id, each.depth])).toEqual([
    ['gia-lai', 0],
    ['phu-cat', 1],
    ['tuy-phuoc', 1],
  ])
  expect(mayShare(AREAS, held)).toBe(true)
})

test('a commune has nobody below to hand anything to', () => {
  expect(mayShare(AREAS, ['phu-cat'])).toBe(false)
})

test('of several places only the highest are chosen from', () => {
  expect(topsOf(['an-hoa', 'phu-cat', 'tuy-phuoc'], AREAS).map((each) => each.id)).toEqual(['phu-cat', 'tuy-phuoc'])
  expect(liesIn('an-hoa', ['phu-cat'], AREAS)).toBe(true)
  expect(liesIn('an-hoa', ['tuy-phuoc'], AREAS)).toBe(false)
})

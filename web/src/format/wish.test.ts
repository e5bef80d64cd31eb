import { expect, test } from 'vitest'

import { freshWish, missingIn, whenOf, type Wish } from './wish'

function series(change: Partial<Wish['rule']>): Wish {
  const wish = freshWish('2026-11-23', '08:00')
  wish.mode = 'rule'
  Object.assign(wish.rule, change)
  return wish
}

test('what a series lacks is named, so that nobody looks for it', () => {
  const cases = [
    [{ times: [''] }, 'when'],
    [{ repeats: 'week' }, 'weekdays'],
    [{ policy: 'not_on', holidays: [] }, 'holidays'],
    [{ policy: 'other_times', holidayTimes: [''] }, 'holiday_times'],
  ] as const

  for (const [change, missing] of cases) {
    const wish = series(change as unknown as Partial<Wish['rule']>)
    expect(whenOf(wish)).toBeUndefined()
    expect(missingIn(wish)).toBe(missing)
  }
})

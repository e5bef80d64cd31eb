/** Tops of rows of different heights, one more than rows: the last is the height of all. */
export function topsOf(heights: number[]): number[] {
  const tops = [0]
  let sum = 0
  for (const height of heights) {
    sum += height
    tops.push(sum)
  }
  return tops
}

/** The row that lies at a height. */
export function rowAt(tops: number[], y: number): number {
  let low = 0
  let high = Math.max(tops.length - 2, 0)
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((tops[middle] ?? 0) <= y) low = middle
    else high = middle - 1
  }
  return low
}

/** Rows worth drawing: those in view, a few around them, and the one that holds the focus. */
export function rowsInView(tops: number[], from: number, to: number, around: number, focus = -1): number[] {
  const count = tops.length - 1
  if (count < 1) return []
  const first = Math.max(rowAt(tops, from) - around, 0)
  const last = Math.min(rowAt(tops, to) + around, count - 1)
  const rows = Array.from({ length: last - first + 1 }, (_, index) => first + index)
  if (focus >= 0 && focus < first) rows.unshift(focus)
  if (focus > last && focus < count) rows.push(focus)
  return rows
}

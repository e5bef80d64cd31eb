const SVG = 'http://www.w3.org/2000/svg'

/** A picture the server drew to stand in a page; by itself it must say what it is. */
export function pictureOf(svg: string): string {
  const alone = svg.includes('xmlns=') ? svg : svg.replace('<svg', `<svg xmlns="${SVG}"`)
  return `data:image/svg+xml,${encodeURIComponent(alone)}`
}

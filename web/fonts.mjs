/**
 * Makes the font files of the screens: Be Vietnam Pro with the letters of Vietnamese and nothing
 * else, less than half the weight. Needed only after changing an alphabet, so the files are kept
 * in src/fonts and what makes them is no dependency: `npm run fonts` fetches it for the moment.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'

import subsetFont from 'subset-font'

const FROM = 'node_modules/@fontsource/be-vietnam-pro'
const TO = 'src/fonts'
const WEIGHTS = [400, 600]
const FEATURES = ['ccmp', 'kern', 'locl', 'mark', 'mkmk', 'tnum']

/** The ranges of src/fonts.css. */
const ALPHABETS = {
  latin: ['20-7E', 'A0-FF', '2013-2014', '2018-201D', '2022', '2026', '2190-2193'],
  vietnamese: [
    ...['102-103', '110-111', '128-129', '168-169', '1A0-1A1', '1AF-1B0', '300-301'],
    ...['303', '309', '323', '1EA0-1EF9', '20AB'],
  ],
}

function letters(ranges) {
  const codes = ranges.flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map((code) => Number.parseInt(code, 16))
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
  return String.fromCodePoint(...codes)
}

for (const weight of WEIGHTS) {
  for (const [name, ranges] of Object.entries(ALPHABETS)) {
    const font = readFileSync(`${FROM}/files/be-vietnam-pro-${name}-${weight}-normal.woff2`)
    const small = await subsetFont(font, letters(ranges), {
      targetFormat: 'woff2',
      keepFeatures: FEATURES,
      noHinting: true,
    })
    writeFileSync(`${TO}/be-vietnam-pro-${name}-${weight}.woff2`, small)
    console.log(`${name} ${weight}: ${font.length} -> ${small.length} bytes`)
  }
}
copyFileSync(`${FROM}/LICENSE`, 'public/be-vietnam-pro-OFL.txt')

import { listInWords } from './time'

const KINDS =
  /^(Tỉnh|Thành phố|Xã|Phường|Đặc khu|Thôn|Làng|Bản|Buôn|Tổ dân phố|Khu phố|Cụm loa)(?=\s)/u

/** The name of a place as it stands inside a sentence: «xã Phù Cát», «cụm loa Chợ Phú Kim». */
export function within(name: string): string {
  return KINDS.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
}

/** Names of places as one text that stands by itself. */
export function placesInWords(names: string[]): string {
  const text = listInWords(names.map(within))
  return text.charAt(0).toUpperCase() + text.slice(1)
}

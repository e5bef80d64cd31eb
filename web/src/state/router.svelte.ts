/** Addresses of the screens. Plain paths; the server answers each with the same page. */
export type Route =
  | { name: 'home' | 'bulletins' | 'broadcasts' | 'stations' | 'log' | 'account' | 'missing' }
  | { name: 'timetable' | 'next' | 'areas' | 'people' | 'calendar-files' }
  | { name: 'manage' | 'approvals' | 'programmes' | 'requests' | 'shares' }
  | { name: 'send' | 'precedence'; id?: string }
  | { name: WithId; id: string }

type WithId =
  | 'send'
  | 'send-programme'
  | 'broadcast'
  | 'station'
  | 'area'
  | 'person'
  | 'programme'
  | 'precedence'

const PLAIN: Record<string, Route> = {
  '/': { name: 'home' },
  '/ban-tin': { name: 'bulletins' },
  '/phat': { name: 'send' },
  '/buoi-phat': { name: 'broadcasts' },
  '/lich-phat': { name: 'timetable' },
  '/24-gio-toi': { name: 'next' },
  '/cum-loa': { name: 'stations' },
  '/nhat-ky': { name: 'log' },
  '/tai-khoan': { name: 'account' },
  '/quan-ly': { name: 'manage' },
  '/duyet': { name: 'approvals' },
  '/chuong-trinh': { name: 'programmes' },
  '/yeu-cau': { name: 'requests' },
  '/gui-xuong': { name: 'shares' },
  '/thu-tu': { name: 'precedence' },
  '/quan-ly/dia-ban': { name: 'areas' },
  '/quan-ly/nguoi-dung': { name: 'people' },
  '/quan-ly/tep-lich': { name: 'calendar-files' },
}
const WITH_ID: Record<string, WithId> = {
  phat: 'send',
  'phat/ct': 'send-programme',
  'chuong-trinh': 'programme',
  'thu-tu': 'precedence',
  'buoi-phat': 'broadcast',
  'cum-loa': 'station',
  'quan-ly/dia-ban': 'area',
  'quan-ly/nguoi-dung': 'person',
}

export function routeOf(path: string): Route {
  const plain = PLAIN[path.length > 1 ? path.replace(/\/$/, '') : path]
  if (plain) return plain
  const [, kind, id] = /^\/((?:[\w-]+\/)?[\w-]+)\/([\w.~%-]+)$/.exec(path) ?? []
  const name = kind === undefined ? undefined : WITH_ID[kind]
  return name && id ? { name, id: decoded(id) } : { name: 'missing' }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

let path = $state(typeof location === 'undefined' ? '/' : location.pathname)
const route = $derived(routeOf(path))

export function currentPath(): string {
  return path
}

export function currentRoute(): Route {
  return route
}

export function go(to: string): void {
  if (to !== location.pathname) history.pushState(null, '', to)
  path = location.pathname
  scrollTo(0, 0)
}

/** Links between screens change the screen; all others are left to the browser. */
export function followLinks(): () => void {
  const click = (event: MouseEvent) => {
    const link = (event.target as Element).closest('a')
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
    if (!link || !plain || event.defaultPrevented || link.target || link.download) return
    if (link.origin !== location.origin || link.hash || !isScreen(link.pathname)) return
    event.preventDefault()
    go(link.pathname)
  }
  const back = () => (path = location.pathname)
  document.addEventListener('click', click)
  window.addEventListener('popstate', back)
  return () => {
    document.removeEventListener('click', click)
    window.removeEventListener('popstate', back)
  }
}

function isScreen(path: string): boolean {
  return routeOf(path).name !== 'missing'
}

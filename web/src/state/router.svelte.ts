/** Addresses of the screens. Plain paths; the server answers each with the same page. */
export type Route =
  | { name: 'home' | 'bulletins' | 'broadcasts' | 'stations' | 'log' | 'account' | 'missing' }
  | { name: 'timetable' | 'next' }
  | { name: 'send'; id?: string }
  | { name: 'broadcast' | 'station'; id: string }

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
}
const WITH_ID: Record<string, 'send' | 'broadcast' | 'station'> = {
  phat: 'send',
  'buoi-phat': 'broadcast',
  'cum-loa': 'station',
}

export function routeOf(path: string): Route {
  const plain = PLAIN[path.length > 1 ? path.replace(/\/$/, '') : path]
  if (plain) return plain
  const [, kind, id] = /^\/([\w-]+)\/([\w.~%-]+)$/.exec(path) ?? []
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

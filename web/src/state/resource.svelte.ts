import { untrack } from 'svelte'

import { problemOf, type Problem } from '../api/problem'
import { backoffMs } from './backoff'
import { turnOf, type Subject } from './changes.svelte'

export interface Resource<T> {
  readonly data: T | undefined
  readonly problem: Problem | undefined
  reload: () => Promise<void>
}

/** However fast things change, nobody reads faster. */
const BREATH_MS = 700

const remembered = new Map<string, unknown>()

/** Forgets what was read, for the next person at this screen. */
export function forgetAll(): void {
  remembered.clear()
}

/**
 * Something read from the server and kept fresh while the component lives. What was read before
 * shows at once; a failed reading leaves it and is tried again.
 */
export function resource<T>(
  name: string,
  read: () => Promise<T>,
  subjects: Subject[],
): Resource<T> {
  let data = $state.raw(remembered.get(name) as T | undefined)
  let problem = $state.raw<Problem>()
  let reading = false
  let stale = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let gone = false

  async function reload(): Promise<void> {
    if (reading) {
      stale = true
      return
    }
    reading = true
    clearTimeout(timer)
    try {
      data = await read()
      remembered.set(name, data)
      problem = undefined
      failures = 0
    } catch (error) {
      problem = problemOf(error)
      if (problem.unheard || problem.code === 'server_error') later()
    }
    reading = false
    if (stale && !gone) {
      stale = false
      timer = setTimeout(() => void reload(), BREATH_MS)
    }
  }

  function later(): void {
    if (gone) return
    timer = setTimeout(() => void reload(), backoffMs(failures))
    failures += 1
  }

  $effect(() => {
    for (const subject of subjects) turnOf(subject)
    untrack(() => void reload())
  })
  $effect(() => () => {
    gone = true
    clearTimeout(timer)
  })

  return {
    get data() {
      return data
    },
    get problem() {
      return problem
    },
    reload,
  }
}

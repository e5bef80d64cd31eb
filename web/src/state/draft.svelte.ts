import { anyUnsaved } from './programme-drafts.svelte'
import { Recorder } from './recorder.svelte'
import { uploads } from './uploads.svelte'

/** A bulletin in the making. It outlives the screen: who looks elsewhere loses nothing. */
class Draft {
  readonly recorder = new Recorder()
  file = $state.raw<File>()
  title = $state('')
}

export const draft = new Draft()

/** Closing the page now would throw away what somebody made. */
export function wouldLose(): boolean {
  const { recorder, file } = draft
  if (anyUnsaved()) return true
  return uploads().length > 0 || file !== undefined || recorder.busy || recorder.sound !== undefined
}

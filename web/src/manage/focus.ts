import { tick } from 'svelte'

/** A form that took the place of its button takes the focus as well. */
export function focusFirst(form: HTMLElement): void {
  form.querySelector<HTMLElement>('input:not([hidden]), select, button')?.focus()
}

/** The focus goes back to the button that opened a form, once it stands there again. */
export async function focusAgain(button: () => HTMLElement | undefined): Promise<void> {
  await tick()
  button()?.focus()
}

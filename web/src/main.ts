import './tokens.css'
import './fonts.css'
import './base.css'

import { mount } from 'svelte'

import App from './App.svelte'
import { speakAsChosen } from './i18n/index.svelte'
import { wearAsChosen } from './state/theme.svelte'

const target = document.getElementById('app')
if (!target) throw new Error('no place to stand')
wearAsChosen()
// Without the words of the other language the screens still work in Vietnamese.
await speakAsChosen().catch((error: unknown) => console.error(error))
mount(App, { target })

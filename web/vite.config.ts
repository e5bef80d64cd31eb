import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'

import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const OUT = '../server/loa_server/web_dist'
const COMPRESSED = /\.(js|css|html|svg)$/

/** Leaves a .br and a .gz beside every text file, so that the server never compresses. */
function precompress(): Plugin {
  return {
    name: 'precompress',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(OUT, { recursive: true, encoding: 'utf-8' })) {
        if (!COMPRESSED.test(name)) continue
        const file = join(OUT, name)
        const content = readFileSync(file)
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }
        writeFileSync(`${file}.br`, brotliCompressSync(content, quality))
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }))
      }
    },
  }
}

const server = process.env['LOA_SERVER'] ?? 'http://127.0.0.1:8080'
const proxy = { target: server, changeOrigin: false }

export default defineConfig({
  plugins: [svelte(), precompress()],
  build: {
    outDir: OUT,
    emptyOutDir: true,
    // Fonts and pictures stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    chunkSizeWarningLimit: 300,
  },
  server: { proxy: { '/api': proxy, '/dang-nhap': proxy, '/dang-xuat': proxy } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})

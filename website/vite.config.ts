import { defineConfig } from 'vite';

/** The insights website: static files that are the same wherever they are served from. */
export default defineConfig({
  root: 'site',
  base: './',
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    rolldownOptions: {
      input: ['site/index.html', 'site/embed.html'],
      // What pages share is small: one file of it is had sooner than many.
      output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 2 }] } },
    },
    // The chart library is one file that is loaded when the first chart is drawn.
    chunkSizeWarningLimit: 700,
  },
});

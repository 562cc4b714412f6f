import { defineConfig } from 'vite';

/** The page that imitates another system's: it shares nothing with the website. */
export default defineConfig({
  root: 'site/demo',
  base: './',
  build: {
    outDir: '../../dist/demo',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    rolldownOptions: { input: 'site/demo/agent-desktop.html' },
  },
});

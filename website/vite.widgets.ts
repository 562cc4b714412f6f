import { defineConfig } from 'vite';

/** The widgets: one module that pages of other systems load, with all that it needs in it. */
export default defineConfig({
  publicDir: false,
  build: {
    outDir: 'dist',
    // The website is there already.
    emptyOutDir: false,
    target: 'es2022',
    sourcemap: false,
    lib: { entry: 'widgets/index.ts', formats: ['es'], fileName: () => 'widgets.js' },
  },
});
